/** What a project's `freshet.config.ts` imports. */
export * from "@freshet/model";
