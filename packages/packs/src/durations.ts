const STEPS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** Milliseconds as packs write them: 259_200_000 → "3d", 5_400_000 → "90m", 1500 → "1500ms". Exact. */
export function formatDuration(ms: number): string {
  const step = STEPS.find(([, size]) => ms !== 0 && ms % size === 0);
  return step ? `${ms / step[1]}${step[0]}` : `${ms}ms`;
}
