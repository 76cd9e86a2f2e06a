const KNOWN = new Set([
  ...[
    "type",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "items",
    "anyOf",
    "enum",
    "const",
  ],
  ...[
    "description",
    "format",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
  ],
]);
const PLAIN = { string: "string", number: "number", integer: "number", boolean: "boolean", null: "null" };

const isName = (text) => /^[A-Za-z_$][\w$]*$/.test(text);

const comment = ({ description }, indent) => (description ? `${indent}/** ${description} */\n` : "");

const objectText = ({ properties = {}, required = [], additionalProperties, patternProperties }, indent) => {
  const inner = `${indent}  `;
  const entries = Object.entries(properties);
  if (entries.length === 0) {
    const values = Object.values(patternProperties ?? {});
    if (values.length === 1) return `Readonly<Record<string, ${typeText(values[0], indent)}>>`;
    if (additionalProperties === false) return "Readonly<Record<string, never>>";
    if (typeof additionalProperties === "object") {
      return `Readonly<Record<string, ${typeText(additionalProperties, indent)}>>`;
    }
    return "Readonly<Record<string, unknown>>";
  }
  const fields = entries.map(([name, schema]) => {
    const key = isName(name) ? name : JSON.stringify(name);
    return `${comment(schema, inner)}${inner}readonly ${key}${required.includes(name) ? "" : "?"}: ${typeText(schema, inner)};\n`;
  });
  return `{\n${fields.join("")}${indent}}`;
};

/** The TypeScript type of what a JSON Schema of the API describes. @throws Error for a keyword that it does not know */
export const typeText = (schema, indent = "") => {
  const unknown = Object.keys(schema).find((keyword) => !KNOWN.has(keyword));
  if (unknown) throw new Error(`unknown keyword ${unknown} in ${JSON.stringify(schema).slice(0, 200)}`);
  if (schema.anyOf) return [...new Set(schema.anyOf.map((each) => typeText(each, indent)))].join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") return `readonly (${typeText(schema.items, indent)})[]`;
  if (schema.type === "object") return objectText(schema, indent);
  if (Array.isArray(schema.type))
    return schema.type.map((type) => typeText({ ...schema, type }, indent)).join(" | ");
  const plain = PLAIN[schema.type];
  if (!plain) {
    if (schema.type === undefined) return "unknown";
    throw new Error(`unknown type ${schema.type}`);
  }
  return plain;
};

/** A type by name, with the description of what it is. */
export const declaration = (name, description, schema) =>
  `/** ${description} */\nexport interface ${name} ${typeText(schema)}\n`;
