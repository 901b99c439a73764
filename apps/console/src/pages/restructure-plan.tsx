/** What is planned, what the kernel says about it, and the way to do it: all of it or nothing. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ReasonDialog } from '../app/controls.tsx';
import type { Planning } from '../app/draft.ts';
import { restructuringsQuery } from '../app/queries.ts';
import { namesIn } from '../model/draft.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Button, Problem, Untrusted } from '../ui/parts.tsx';
import { Effects, Moving } from './restructure-effects.tsx';

export function Plan({ planning, onApply }: { planning: Planning; onApply: (reason: string) => void }) {
  const [asking, setAsking] = useState(false);
  const { steps, plan, refused, busy, stale, back } = planning;
  return (
    <section aria-label={t.structure.plan.title} className="space-y-3 rounded-lg border bg-surface p-4 shadow-card">
      <div className="flex items-center justify-between gap-2">
        <h2 className="text-sm font-semibold">{t.structure.plan.title}</h2>
        <span role="status" className="text-xs text-faint">
          {steps.length > 0 && t.structure.plan.said(steps.length)}
        </span>
      </div>
      {stale && <Stale planning={planning} />}
      {refused && !stale && <Problem error={refused} />}
      {steps.length === 0 ? (
        <div>
          <p className="font-medium">{t.structure.plan.none}</p>
          <p className="text-faint">{t.structure.plan.noneWhy}</p>
        </div>
      ) : (
        <>
          {back && <Back back={back} />}
          <Steps planning={planning} />
          <div className="flex flex-wrap gap-2">
            <Button look="primary" busy={busy} disabled={stale || plan === null} onClick={() => setAsking(true)}>
              {t.structure.plan.apply}
            </Button>
            <Button disabled={busy} onClick={planning.again}>
              {t.structure.plan.again}
            </Button>
            <Button look="quiet" onClick={planning.clear}>
              {t.structure.plan.discard}
            </Button>
          </div>
          {plan && <Said plan={plan} />}
        </>
      )}
      {asking && (
        <ReasonDialog
          title={t.structure.plan.asked}
          action={t.structure.plan.apply}
          initial={back ? t.structure.plan.takesBack(back.id) : ''}
          onClose={() => setAsking(false)}
          onDo={onApply}
        >
          {t.structure.plan.effect(steps.length)}
        </ReasonDialog>
      )}
    </section>
  );
}

/** Somebody else was faster: who, why, and the way on. */
function Stale({ planning }: { planning: Planning }) {
  const latest = useQuery(restructuringsQuery()).data?.restructurings[0];
  return (
    <div role="alert" className="space-y-1 rounded-md border border-warn/40 bg-warn-tint px-4 py-3">
      <p className="font-medium text-warn">{t.structure.plan.stale}</p>
      {latest && (
        <p>
          {t.structure.plan.staleBy(latest.id, wordsOf(latest.by))} “<Untrusted text={latest.reason} />”
        </p>
      )}
      <p>{t.structure.plan.staleWhy}</p>
      <Button className="mt-1" busy={planning.busy} onClick={planning.again}>
        {t.structure.plan.rebase}
      </Button>
    </div>
  );
}

const Back = ({ back: { id, remains } }: { back: NonNullable<Planning['back']> }) => (
  <div className="rounded-md bg-info-tint px-3 py-2 text-info">
    <p className="font-medium">{t.structure.plan.back(id)}</p>
    {remains.length > 0 && (
      <>
        <p>{t.structure.plan.remains}</p>
        <ul className="list-disc pl-5">
          {remains.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </>
    )}
  </div>
);

const Steps = ({ planning: { steps, plan, drop } }: { planning: Planning }) => (
  <ol className="divide-y rounded-md border">
    {steps.map((step, index) => {
      const said = plan?.sentences[index] ?? t.structure.steps[step.do];
      return (
        <li key={`${index} ${said}`} className="flex items-center gap-2 py-1 pr-1 pl-3">
          <span className="min-w-0 flex-1">
            <Untrusted text={said} />
          </span>
          <Button look="quiet" icon="cross" aria-label={t.structure.plan.drop(said)} onClick={() => drop(index)} />
        </li>
      );
    })}
  </ol>
);

function Said({ plan }: { plan: NonNullable<Planning['plan']> }) {
  return (
    <div className="space-y-4">
      {plan.warnings.length > 0 && (
        <div className="rounded-md bg-warn-tint px-3 py-2 text-warn">
          <h3 className="font-medium">{t.structure.plan.look}</h3>
          <ul className="list-disc pl-5">
            {plan.warnings.map((warning) => (
              <li key={warning}>
                <Untrusted text={warning} />
              </li>
            ))}
          </ul>
        </div>
      )}
      <Moving plan={plan} />
      <Effects plan={plan} />
      <p className="text-xs text-faint">
        {t.structure.plan.told(plan.told.length)} {plan.told.map(namesIn(plan)).join(', ')}
      </p>
    </div>
  );
}
