import type { Reason } from "@freshet/model";

export const REASON_WORDS: Readonly<Record<Reason, { readonly title: string; readonly means: string }>> = {
  malformed: {
    title: "Malformed",
    means: "It is not one JSON object in valid UTF-8, or is nested too deep.",
  },
  too_large: { title: "Too large", means: "It has more bytes than the app takes." },
  unknown_type: { title: "Unknown type", means: "No event definition of the app has this type." },
  unknown_version: { title: "Unknown version", means: "The app does not know this version of the schema." },
  missing_field: { title: "Missing field", means: "A field that must be there is absent or null." },
  wrong_type: { title: "Wrong type", means: "A field holds another type than its schema says." },
  out_of_range: { title: "Out of range", means: "A number, a length or a format is beyond its bounds." },
  time_out_of_bounds: {
    title: "Time out of bounds",
    means: "Its own time is too far from when it arrived.",
  },
};

export const REASON_NAMES = Object.keys(REASON_WORDS) as readonly Reason[];
