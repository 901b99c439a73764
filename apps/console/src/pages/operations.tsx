import type { OperationSummary } from '@reeve/protocol';
import { Link } from '@tanstack/react-router';
import { moneyText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Ago, Badge, Empty, Untrusted } from '../ui/parts.tsx';
import { OpState } from '../ui/states.tsx';
import { useCapabilityName, useCurrency } from '../ui/values.tsx';

/** Operations in the order they were asked for, each leading to why. */
export function Operations({ operations }: { operations: readonly OperationSummary[] }) {
  const currency = useCurrency();
  const name = useCapabilityName();
  if (operations.length === 0) return <Empty title={t.case.noOperations}>{t.case.noOperationsWhy}</Empty>;
  return (
    <ul className="@container divide-y">
      {operations.map(({ id, capability, effect, seat, status, cost, flagged, requestedAt, failure }) => (
        <li key={id}>
          <Link
            to="/why/$id"
            params={{ id }}
            className="grid grid-cols-[4.5rem_minmax(0,1fr)_auto] items-baseline gap-3 rounded px-1 py-2 hover:bg-hover @2xl:grid-cols-[4.5rem_minmax(0,1fr)_11rem_5rem_5.5rem]"
          >
            <span className="font-mono text-xs text-faint">{id}</span>
            <span className="min-w-0">
              <strong className="font-medium">{name(capability)}</strong>
              <span className="ml-2 text-xs text-faint">
                {t.ops.effects[effect]} · {wordsOf(seat)}
              </span>
              {flagged && (
                <span className="ml-2">
                  <Badge tone="warn">{t.ops.flagged}</Badge>
                </span>
              )}
              {failure && (
                <span className="block text-xs text-bad">
                  <Untrusted text={failure.message} />
                </span>
              )}
            </span>
            <OpState status={status} />
            <span className="hidden text-right @2xl:block">{cost > 0 ? moneyText(cost, currency) : ''}</span>
            <span className="hidden text-right text-xs text-faint @2xl:block">
              <Ago at={requestedAt} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
