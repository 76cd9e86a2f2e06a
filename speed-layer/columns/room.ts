/** A size for arrays that are replaced when a run of events is longer: so that they seldom are. */
export const roomFor = (count: number): number => 2 ** Math.ceil(Math.log2(Math.max(count, 1)));
