/** What the simulated site writes about, section by section: made-up places and people. */
export const SECTIONS = [
  {
    section: "politics",
    subjects: ["senate-vote", "budget-talks", "border-treaty", "mayor-of-lindhaven", "pension-reform"],
    turns: ["enters-second-week", "splits-coalition", "passes-by-one-vote", "heads-to-court"],
  },
  {
    section: "sport",
    subjects: ["kestrels-coach", "city-marathon", "cup-final", "relay-team", "transfer-window"],
    turns: ["ends-in-upset", "draws-record-crowd", "under-review", "goes-to-extra-time"],
  },
  {
    section: "science",
    subjects: ["deep-sea-probe", "ice-core", "vaccine-trial", "lunar-relay", "coral-survey"],
    turns: ["finds-new-species", "reports-first-results", "delayed-by-storm", "surprises-its-makers"],
  },
  {
    section: "business",
    subjects: ["harbour-strike", "chip-maker-orlo", "rail-merger", "central-bank", "coffee-prices"],
    turns: ["shakes-markets", "nears-agreement", "beats-forecast", "faces-inquiry"],
  },
  {
    section: "culture",
    subjects: ["opera-house", "lost-manuscript", "festival-line-up", "street-mural", "radio-drama"],
    turns: ["reopens-at-last", "divides-critics", "sells-out-in-minutes", "wins-jury-prize"],
  },
  {
    section: "weather",
    subjects: ["northern-storm", "heat-wave", "river-levels", "first-snow", "pollen-season"],
    turns: ["closes-schools", "breaks-record", "moves-inland", "catches-city-off-guard"],
  },
] as const;

export const CLUSTERS = ["commuters", "families", "fans", "investors", "night-owls", "students"] as const;

export const DEVICES = ["mobile", "desktop", "tablet"] as const;
export const DEVICE_WEIGHTS = [6, 3, 1] as const;
