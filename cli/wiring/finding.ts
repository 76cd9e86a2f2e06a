/** What the doctor found. */
export interface Finding {
  readonly verdict: "ok" | "warning" | "problem";
  readonly what: string;
  readonly found: string;
  readonly advice?: string;
}
