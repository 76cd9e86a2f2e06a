import type { MetricVersion } from "../../../api/definitions/definitionAnswer.js";
import { Code } from "./code.js";

const revisionsText = (revisions: readonly number[]): string =>
  `${revisions.length === 1 ? "revision" : "revisions"} ${revisions.join(", ")}`;

/** One definition that a metric had: as it is written, as data, and the SQL that counts it. */
export const VersionCard = (props: { version: MetricVersion; current: boolean }) => {
  const { version, current } = props;
  const title = `version-${version.hash}`;
  return (
    <section class="card" aria-labelledby={title}>
      <header class="card-head">
        <div>
          <h2 id={title}>{current ? "Definition" : "Earlier definition"}</h2>
          <p class="quiet">
            {revisionsText(version.revisions)} of the app · hash{" "}
            <code title={version.hash}>{version.hash}</code>
          </p>
        </div>
        {current && <span class="verdict verdict-good">counts now</span>}
      </header>
      <Code text={version.text} language="typescript" label="The definition as it is written in an app" />
      {version.sql.map(({ title: name, sql }, index) => (
        <details key={name} class="statement" open={current && index === version.sql.length - 1}>
          <summary>{name}</summary>
          <Code text={sql} language="sql" label={`SQL: ${name}`} />
        </details>
      ))}
      <details class="statement">
        <summary>As data</summary>
        <Code
          text={JSON.stringify(version.document, null, 2)}
          language="typescript"
          label="The definition as JSON"
        />
      </details>
    </section>
  );
};
