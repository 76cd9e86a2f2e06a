import type { KeyValues } from "@freshet/model";
import { accessKey } from "../state/accessKey.js";

/** An RFC 9457 problem, as the API sends it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

/** Another key would help: none was given, it is none of the server's, or it lacks a scope. */
export const asksForKey = ({ status }: Problem): boolean => status === 401 || status === 403;

export type Asked<Answer> =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "problem"; readonly problem: Problem }
  /** No answer came: the server is not there. */
  | { readonly kind: "unreachable" };

export const requestHeaders = (): Record<string, string> => {
  const key = accessKey.value;
  return key === null ? {} : { authorization: `Bearer ${key}` };
};

export const readProblem = async (response: Response): Promise<Problem> => {
  try {
    return (await response.json()) as Problem;
  } catch {
    return {
      type: "",
      title: "The server answered strangely",
      status: response.status,
      detail: response.statusText,
    };
  }
};

export const ask = async <Answer>(path: string, signal?: AbortSignal): Promise<Asked<Answer>> => {
  try {
    const response = await fetch(path, { headers: requestHeaders(), ...(signal ? { signal } : {}) });
    if (!response.ok) return { kind: "problem", problem: await readProblem(response) };
    return { kind: "answer", answer: (await response.json()) as Answer };
  } catch {
    return { kind: "unreachable" };
  }
};

/** Sends a body as JSON. */
export const post = async <Answer>(path: string, body: unknown): Promise<Asked<Answer>> => {
  const headers = { ...requestHeaders(), "content-type": "application/json" };
  try {
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) return { kind: "problem", problem: await readProblem(response) };
    return { kind: "answer", answer: (await response.json()) as Answer };
  } catch {
    return { kind: "unreachable" };
  }
};

/** `name=value`, as the API reads a key; a name alone is the group without a value. */
export const keyPairs = (key: KeyValues): string[] =>
  Object.entries(key).map(([name, value]) => (value === null ? name : `${name}=${String(value)}`));
