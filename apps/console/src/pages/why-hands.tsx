/** Through whose hands a case went: scripts, models, agents and people, in the order they had a hand in it. */
import type { Explanation, Hand } from '@reeve/protocol';
import { Link } from '@tanstack/react-router';
import { momentText } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Badge, Untrusted } from '../ui/parts.tsx';
import { OpState } from '../ui/states.tsx';

type Status = Explanation['operation']['status'];

export function WhyHands({ hands, operations }: { hands: readonly Hand[]; operations: readonly Explanation[] }) {
  const states = new Map(operations.map(({ operation }) => [operation.id, operation.status]));
  return (
    <section aria-label={t.why.hands} className="mb-6 rounded-lg border bg-surface p-5 shadow-card">
      <h2 className="mb-3 font-semibold">{t.why.hands}</h2>
      <ol>
        {hands.map((hand) => (
          <One key={hand.did[0]!.seq} hand={hand} states={states} />
        ))}
      </ol>
    </section>
  );
}

function One({ hand, states }: { hand: Hand; states: ReadonlyMap<string, Status> }) {
  const { seat, title, principal, occupant, run, from, did } = hand;
  return (
    <li className="grid gap-x-6 gap-y-1 border-t py-3 first:border-t-0 first:pt-0 md:grid-cols-[15rem_minmax(0,1fr)]">
      <div className="space-y-0.5">
        <p className="flex flex-wrap items-center gap-2">
          <Link to="/organisation/$id" params={{ id: seat }} className="font-medium text-accent underline">
            {title}
          </Link>
          {occupant && <Badge tone={occupant === 'human' ? 'accent' : 'plain'}>{t.why.as[occupant]}</Badge>}
        </p>
        <p className="text-xs text-faint">
          {principal}
          {run && ` · ${run}`} · {momentText(from)}
        </p>
      </div>
      <ul className="min-w-0 space-y-1">
        {did.map((act) => (
          <Act key={act.seq} act={act} state={act.operation === null ? undefined : states.get(act.operation)} />
        ))}
      </ul>
    </li>
  );
}

const Act = ({ act, state }: { act: Hand['did'][number]; state: Status | undefined }) => (
  <li className="flex flex-wrap items-baseline gap-x-2">
    <span className="min-w-0">
      <Untrusted text={act.text} />
    </span>
    {state && <OpState status={state} />}
    <Link
      to="/ledger/$seq"
      params={{ seq: String(act.seq) }}
      className="font-mono text-2xs text-faint underline decoration-faint/40 hover:decoration-faint"
    >
      {act.seq}
    </Link>
  </li>
);
