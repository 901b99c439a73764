/** Purpose has no events of its own yet: metrics are folded from everybody's events as they pass. */
export interface MetricValue {
  n: number;
  of: number;
  sum: number;
  /** What was measured, as canonical text: a metric defined anew starts from nothing. */
  measure: string;
}
