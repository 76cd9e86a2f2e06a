import { createRequire } from "node:module";
import { App, type AppProps } from "aws-cdk-lib";

/** What the pinned version of the CDK advises a new app to switch on; with it pinned, it changes with it and not by itself. */
const advised = (): Readonly<Record<string, unknown>> =>
  createRequire(import.meta.url)("aws-cdk-lib/recommended-feature-flags.json") as Readonly<
    Record<string, unknown>
  >;

/** As every version of CloudFormation knows them; the newer, weaker ones are not known by emulators yet. */
const REFERENCES = { "@aws-cdk/core:defaultCrossStackReferences": "strong" };

export const createLineApp = ({ context = {}, ...props }: AppProps = {}): App =>
  new App({ ...props, context: { ...advised(), ...REFERENCES, ...context } });
