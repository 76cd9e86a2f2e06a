import type { SeriesAnswer, TopRow } from "@freshet/model";
import { figureOf, keyText } from "../text/format.js";
import { KeyLabel } from "./keyLabel.js";
import { Sparkline } from "./sparkline.js";

/** A score on a bounded scale: 0 is as usual, 100 never quite reached. */
const heat = (score: number): number => 100 * (1 - Math.exp(-Math.max(0, score) / 4));

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

export const TrendRow = (props: {
  row: TopRow;
  rank: number;
  rankBefore: number | undefined;
  measures: readonly string[];
  drawn: string;
  series: SeriesAnswer | undefined;
  chosen: boolean;
  choose: () => void;
}) => {
  const { row, rank, measures } = props;
  return (
    <li class="row" data-name={JSON.stringify(row.key)} data-chosen={props.chosen || undefined}>
      <button
        type="button"
        class="row-button"
        aria-pressed={props.chosen}
        aria-label={`${rank}. ${keyText(row.key)}`}
        onClick={props.choose}
      >
        <span class="rank">
          {rank}
          <Move rank={rank} before={props.rankBefore} />
        </span>
        <KeyLabel value={row.key} />
        <Sparkline series={props.series} measure={props.drawn} />
        {measures.map((measure, index) => {
          const { text, name } = figureOf(measure, row.values[measure]);
          return (
            <span key={measure} class={index === 0 ? "figure figure-first" : "figure"}>
              {text}
              <span class="figure-name">{name}</span>
            </span>
          );
        })}
        {row.score !== null && <Score score={row.score} />}
      </button>
    </li>
  );
};
