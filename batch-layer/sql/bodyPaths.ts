import { type Expression, fieldsRead } from "@freshet/model";

/** The fields of bodies that expressions read: `id` and `time` are columns of their own. */
export const bodyPaths = (expressions: readonly Expression[]): readonly (readonly string[])[] =>
  fieldsRead(expressions).filter((path) => path.length > 1 || (path[0] !== "id" && path[0] !== "time"));
