/** What is paid for, each in the unit that its name ends with. USD. */
export interface Prices {
  readonly kinesisShardHour: number;
  /** A million units of up to 25 KB. */
  readonly kinesisPutMillionUnits: number;
  /** Over the first day, through the seventh. */
  readonly kinesisRetentionShardHour: number;
  readonly kinesisFanOutShardHour: number;
  readonly kinesisFanOutGb: number;
  /** Each record counts as the next 5 KB. */
  readonly firehoseGb: number;
  readonly dynamoWriteMillionUnits: number;
  readonly dynamoReadMillionUnits: number;
  readonly dynamoGbMonth: number;
  readonly s3GbMonth: number;
  readonly s3PutThousand: number;
  readonly s3GetThousand: number;
  readonly fargateVcpuHour: number;
  readonly fargateGbHour: number;
  readonly emrServerlessVcpuHour: number;
  readonly emrServerlessGbHour: number;
  readonly openSearchNodeHour: number;
  readonly openSearchGbMonth: number;
}

/** Prices of one region on one day. */
export interface PriceTable {
  readonly region: string;
  /** When they were looked up, as `2026-11-21`. */
  readonly asOf: string;
  readonly source: string;
  readonly usd: Prices;
}

/**
 * On demand, without discounts and free tiers. Mirrors of AWS' price list, read in November 2026: look them up again before you rely on them. OpenSearch
 * is r7g.large with gp3.
 */
export const US_EAST_1: PriceTable = {
  region: "us-east-1",
  asOf: "2026-11-21",
  source: "AWS price list as public mirrors had it in September to November 2026",
  usd: {
    kinesisShardHour: 0.015,
    kinesisPutMillionUnits: 0.014,
    kinesisRetentionShardHour: 0.02,
    kinesisFanOutShardHour: 0.015,
    kinesisFanOutGb: 0.013,
    firehoseGb: 0.029,
    dynamoWriteMillionUnits: 0.625,
    dynamoReadMillionUnits: 0.125,
    dynamoGbMonth: 0.25,
    s3GbMonth: 0.023,
    s3PutThousand: 0.005,
    s3GetThousand: 0.0004,
    fargateVcpuHour: 0.04048,
    fargateGbHour: 0.004445,
    emrServerlessVcpuHour: 0.052624,
    emrServerlessGbHour: 0.0057785,
    openSearchNodeHour: 0.178,
    openSearchGbMonth: 0.122,
  },
};
