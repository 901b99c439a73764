/** A proposal as somebody writes it, and as the server takes it. Pure. */
import type { MetricView, RequestOf } from '@reeve/protocol';
import { parseMoney } from './format.ts';
import { parseWanted } from './wanted.ts';

export interface OptionForm {
  readonly title: string;
  readonly cost: string;
  readonly risk: string;
  readonly metric: string;
  readonly value: string;
  readonly by: string;
}
export interface ProposalForm {
  readonly unit: string;
  readonly title: string;
  readonly analysis: string;
  readonly evidence: string;
  readonly recommend: number;
  readonly options: readonly OptionForm[];
}

export const NO_OPTION: OptionForm = { title: '', cost: '', risk: '', metric: '', value: '', by: '' };
export const NO_PROPOSAL: ProposalForm = {
  ...{ unit: '', title: '', analysis: '', evidence: '', recommend: 0 },
  options: [NO_OPTION],
};
/** Options a proposal may have. */
export const MOST_OPTIONS = 5;

type Body = RequestOf<'makeProposal'>;
const idOf = (n: number): string => `option-${n + 1}`;

function optionOf(form: OptionForm, n: number, metrics: readonly MetricView[]): Body['options'][number] | null {
  const metric = metrics.find(({ id }) => id === form.metric);
  const value = metric ? parseWanted(form.value, metric.unit) : null;
  const cost = form.cost.trim() === '' ? undefined : parseMoney(form.cost);
  if (!metric || value === null || cost === null || form.title.trim() === '' || form.by === '') return null;
  return {
    ...{ id: idOf(n), title: form.title.trim(), effects: [{ metric: metric.id, value, by: form.by }] },
    ...(cost === undefined ? {} : { cost }),
    ...(form.risk.trim() === '' ? {} : { risk: form.risk.trim() }),
  };
}

/** What was written, as the server takes it; null while something is missing or is no value. */
export function proposalOf(form: ProposalForm, metrics: readonly MetricView[]): Body | null {
  const options = form.options.map((each, n) => optionOf(each, n, metrics));
  const evidence = form.evidence.split(/[\s,]+/).filter((each) => each !== '');
  const { unit, title, analysis } = form;
  if ([unit, title, analysis].some((each) => each.trim() === '') || evidence.length === 0) return null;
  if (options.some((each) => each === null)) return null;
  return {
    ...{ unit, title: title.trim(), analysis: analysis.trim(), evidence, recommend: idOf(form.recommend) },
    options: options.filter((each) => each !== null),
  };
}
