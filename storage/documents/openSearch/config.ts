/** An OpenSearch cluster or domain, and what of it is Freshet's. */
export interface OpenSearchConfig {
  readonly endpoint: string;
  /** Names of Freshet's indices and templates begin with it and a dash. */
  readonly prefix: string;
  readonly auth: OpenSearchAuth;
}

export type OpenSearchAuth =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  /** Requests are signed; credentials by the SDK's default chain where absent. */
  | {
      readonly kind: "aws";
      readonly region: string;
      readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
    };
