/** Policies, rates, switches that trip by themselves, and the settings that hold for everybody. */
import { moneyText, spanText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Badge, Empty, Facts, Section } from '../ui/parts.tsx';
import { VERDICT_TONES } from '../ui/states.tsx';
import type { Definition } from './contracts.tsx';

export function Rules({ definition }: { definition: Definition }) {
  const { policies, rates, switches, settings } = definition;
  const { tiers, confidence, currency, earned } = settings;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Section title={t.rules.everybody}>
        <Facts
          rows={[
            [t.rules.flagged, moneyText(tiers.flag, currency)],
            [t.rules.asks, moneyText(tiers.ask, currency)],
            [t.rules.unsure, t.rules.below(Math.round(confidence * 100))],
            [t.rules.earned, earned.length > 0 ? earned.join(', ') : t.common.none],
          ]}
        />
      </Section>
      <Section title={t.policies.rules} flush>
        {policies.length === 0 && (
          <Empty icon="policies" title={t.rules.none}>
            {t.rules.noneWhy}
          </Empty>
        )}
        <ul className="divide-y">
          {policies.map(({ id, on, effect, when, because, instead, unit }) => (
            <li key={id} className="space-y-0.5 px-4 py-2.5">
              <p className="flex flex-wrap items-center gap-2">
                <Badge tone={VERDICT_TONES[effect]}>{t.ops.verdicts[effect]}</Badge>
                <strong className="font-medium">{wordsOf(id)}</strong>
                <code className="font-mono text-2xs text-faint">{on.join(', ')}</code>
                {unit && <Badge>{unit}</Badge>}
              </p>
              <p className="text-soft">
                {because}
                {instead && ` · ${t.approvals.alternatives}: ${instead}`}
              </p>
              {when !== 'true' && <code className="font-mono text-xs text-faint">when {when}</code>}
            </li>
          ))}
        </ul>
      </Section>
      {rates.length > 0 && (
        <Section title={t.rules.rates}>
          <ul className="space-y-1">
            {rates.map(({ id, on, limit, window }) => (
              <li key={id}>
                <strong className="font-medium">{wordsOf(id)}</strong>{' '}
                <span className="text-soft">
                  {t.seat.rate(limit, spanText(window))} · {on.join(', ')}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {switches.length > 0 && (
        <Section title={t.rules.switches}>
          <ul className="space-y-1">
            {switches.map(({ id }) => (
              <li key={id}>{wordsOf(id)}</li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}
