/** Proposing what to do about a gap: options with cost, risk and the effect somebody will be held to. */
import type { MetricView } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { metricsQuery, unitsQuery } from '../app/queries.ts';
import { MOST_OPTIONS, NO_OPTION, NO_PROPOSAL, type OptionForm, proposalOf } from '../model/proposal.ts';
import { t } from '../text/en.ts';
import { Area, Dialog, Field, Foot, Select, Words } from '../ui/forms.tsx';
import { Button } from '../ui/parts.tsx';

const NONE = { value: '', label: '–' };

export function NewProposal({ onClose }: { onClose: () => void }) {
  const [form, setForm] = useState(NO_PROPOSAL);
  const units = useQuery(unitsQuery()).data?.units ?? [];
  const metrics = useInfiniteQuery(metricsQuery({})).data?.pages.flatMap((page) => page.metrics) ?? [];
  const body = proposalOf(form, metrics);
  const navigate = useNavigate();
  const propose = useAct(
    () => client.makeProposal(body!, once()),
    ({ proposal }) => {
      onClose();
      void navigate({ to: '/goals', search: { tab: 'proposals' } });
      return { text: t.acting.proposed(proposal) };
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    propose.mutate(undefined);
  };
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const change = (n: number, part: Partial<OptionForm>) =>
    set({ options: form.options.map((each, at) => (at === n ? { ...each, ...part } : each)) });
  return (
    <Dialog wide title={t.acting.propose} onClose={onClose}>
      <form onSubmit={submit} className="space-y-3">
        <p className="text-soft">{t.acting.proposeEffect}</p>
        <Field label={t.acting.unit}>
          {(id) => (
            <Select
              id={id}
              value={form.unit}
              choices={[NONE, ...units.map(({ unit, title }) => ({ value: unit, label: title }))]}
              onChange={(unit) => set({ unit })}
            />
          )}
        </Field>
        <Words label={t.acting.heading} required value={form.title} onChange={(title) => set({ title })} />
        <Field label={t.acting.analysis}>
          {(id) => (
            <Area
              id={id}
              required
              maxLength={8000}
              value={form.analysis}
              onChange={(event) => set({ analysis: event.target.value })}
            />
          )}
        </Field>
        {form.options.map((option, n) => (
          <Option
            key={n}
            n={n}
            of={option}
            metrics={metrics}
            recommended={form.recommend === n}
            onRecommend={() => set({ recommend: n })}
            onChange={(part) => change(n, part)}
          />
        ))}
        {form.options.length < MOST_OPTIONS && (
          <Button onClick={() => set({ options: [...form.options, NO_OPTION] })}>{t.acting.addOption}</Button>
        )}
        <Words
          label={t.acting.restsOn}
          hint={t.acting.restsOnHint}
          required
          value={form.evidence}
          onChange={(evidence) => set({ evidence })}
        />
        <Foot action={t.acting.propose} busy={propose.isPending} disabled={body === null} onClose={onClose} />
      </form>
    </Dialog>
  );
}

interface OptionProps {
  readonly n: number;
  readonly of: OptionForm;
  readonly metrics: readonly MetricView[];
  readonly recommended: boolean;
  readonly onRecommend: () => void;
  readonly onChange: (part: Partial<OptionForm>) => void;
}

function Option({ n, of, metrics, recommended, onRecommend, onChange }: OptionProps) {
  const unit = metrics.find(({ id }) => id === of.metric)?.unit;
  return (
    <fieldset className="space-y-2 rounded-md border px-3 py-2">
      <legend className="px-1 text-xs font-semibold text-soft">{t.acting.option(n + 1)}</legend>
      <Words label={t.acting.optionTitle} required value={of.title} onChange={(title) => onChange({ title })} />
      <div className="grid gap-2 sm:grid-cols-3">
        <Field label={t.acting.metric}>
          {(id) => (
            <Select
              id={id}
              value={of.metric}
              choices={[NONE, ...metrics.map((each) => ({ value: each.id, label: each.title }))]}
              onChange={(metric) => onChange({ metric })}
            />
          )}
        </Field>
        <Words
          label={t.acting.expected}
          {...(unit ? { hint: t.acting.units[unit] } : {})}
          required
          value={of.value}
          onChange={(value) => onChange({ value })}
        />
        <Words label={t.acting.by} type="date" required value={of.by} onChange={(by) => onChange({ by })} />
        <Words label={t.acting.cost} hint={t.acting.costHint} value={of.cost} onChange={(cost) => onChange({ cost })} />
        <div className="sm:col-span-2">
          <Words label={t.acting.risk} value={of.risk} onChange={(risk) => onChange({ risk })} />
        </div>
      </div>
      <label className="flex items-center gap-1.5">
        <input type="radio" name="recommend" checked={recommended} onChange={onRecommend} /> {t.acting.recommend}
      </label>
    </fieldset>
  );
}
