/** The one place where chance comes in: only the time between attempts depends on it. */
export const systemRandom = (): number => Math.random();
