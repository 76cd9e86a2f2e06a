import type { SeriesAnswer, TopRow, ValueAnswer } from "@freshet/model";
import { KeyLabel } from "../parts/keyLabel.js";
import { Sparkline } from "../parts/sparkline.js";
import { figureOf } from "../text/format.js";
import { Change } from "./change.js";

/** The score that fills some two thirds of the scale. */
const HOT_SCORE = 12;

/** A score on a bounded scale: 0 is as usual, 100 never quite reached. */
const heat = (score: number): number => 100 * (1 - Math.exp(-Math.max(0, score) / HOT_SCORE));

const Score = ({ score }: { score: number }) => (
  <span
    class="score"
    title={`Trend score ${score.toFixed(2)}: how unusual now is against what batch knows as normal`}
  >
    <span class="score-number">{score.toFixed(1)}</span>
    <meter class="score-meter" min={0} max={100} value={heat(score)} aria-hidden="true" />
  </span>
);

const Move = ({ rank, before }: { rank: number; before: number | undefined }) => {
  if (before === undefined || before === rank) return null;
  const up = before > rank;
  return (
    <span class={up ? "move move-up" : "move move-down"}>
      <span aria-hidden="true">{up ? "▲" : "▼"}</span>
      <span class="unseen">{up ? "up" : "down"} </span>
      {Math.abs(before - rank)}
    </span>
  );
};

/** One key of the list; it leads to its series. */
export const TrendRow = (props: {
  row: TopRow;
  rank: number;
  rankBefore: number | undefined;
  measures: readonly string[];
  /** The measure that is drawn and compared. */
  drawn: string;
  window: string;
  series: SeriesAnswer | undefined;
  before: ValueAnswer | undefined;
  address: string;
}) => {
  const { row, rank, measures, drawn } = props;
  return (
    <li class="row" data-name={JSON.stringify(row.key)}>
      <a class="row-link" href={props.address}>
        <span class="rank">
          {rank}
          <Move rank={rank} before={props.rankBefore} />
        </span>
        <KeyLabel value={row.key} />
        <Sparkline series={props.series} measure={drawn} />
        {measures.map((measure) => {
          const { text, name } = figureOf(measure, row.values[measure]);
          return (
            <span key={measure} class={measure === drawn ? "figure figure-first" : "figure"}>
              {text}
              <span class="figure-name">{name}</span>
            </span>
          );
        })}
        <Change measure={drawn} window={props.window} now={row.values[drawn]} before={props.before} />
        {row.score !== null && <Score score={row.score} />}
      </a>
    </li>
  );
};
