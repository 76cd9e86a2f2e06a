import { useState } from "preact/hooks";
import { readPalette } from "../parts/chart/palette.js";
import { saveFile } from "../parts/saveFile.js";
import { announce } from "../state/announce.js";
import { keyText } from "../text/format.js";
import type { Loaded } from "./loaded.js";
import { pictureOf } from "./picture.js";
import { seriesCsv } from "./seriesCsv.js";

const COPIED_SHOWN_MS = 2_500;

/** The page's address, a picture of the charts, and the data that they show. */
export const TakeAway = (props: {
  metric: string;
  names: readonly string[];
  loaded: ReadonlyMap<string, Loaded>;
}) => {
  const [copied, setCopied] = useState<string | null>(null);
  const series = props.names.flatMap((name) => props.loaded.get(name)?.series ?? []);
  const tell = (text: string): void => {
    setCopied(text);
    announce(text);
    setTimeout(() => setCopied(null), COPIED_SHOWN_MS);
  };
  const copyLink = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(location.href);
      tell("Link copied");
    } catch {
      tell("Copy it from the address bar");
    }
  };
  const savePicture = async (): Promise<void> => {
    const palette = readPalette();
    const charts = [...document.querySelectorAll<HTMLElement>("[data-chart]")].flatMap((place) => {
      const canvas = place.querySelector("canvas");
      return canvas ? [{ title: place.dataset["chart"] ?? "", canvas }] : [];
    });
    const lines = series.map(({ key }, index) => ({
      text: series.length > 1 ? `${index + 1}  ${keyText(key)}` : `${props.metric}: ${keyText(key)}`,
      color: series.length > 1 ? (palette.keys[index] ?? palette.text) : palette.settled,
    }));
    if (charts.length === 0) return;
    const picture = await pictureOf(charts, lines, palette);
    if (picture) saveFile(`${props.metric}.png`, picture);
  };
  const ready = series.length > 0;
  return (
    <div class="take-away" role="group" aria-label="Take away">
      <button type="button" class="button" onClick={() => void copyLink()}>
        {copied ?? "Copy link"}
      </button>
      <button type="button" class="button" disabled={!ready} onClick={() => void savePicture()}>
        Picture
      </button>
      <button
        type="button"
        class="button"
        disabled={!ready}
        onClick={() => saveFile(`${props.metric}.csv`, new Blob([seriesCsv(series)], { type: "text/csv" }))}
      >
        CSV
      </button>
      <button
        type="button"
        class="button"
        disabled={!ready}
        onClick={() =>
          saveFile(
            `${props.metric}.json`,
            new Blob([JSON.stringify(series, null, 2)], { type: "application/json" }),
          )
        }
      >
        JSON
      </button>
    </div>
  );
};
