/** What a person may do with a case beyond writing. The kernel says whether it is possible now. */
import type { CaseView, PersonCommand } from '@reeve/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { ReasonDialog } from '../app/controls.tsx';
import { seatsQuery } from '../app/queries.ts';
import { t } from '../text/en.ts';
import { Field, Select } from '../ui/forms.tsx';
import { Button, cx } from '../ui/parts.tsx';
import { WillForget } from './forget.tsx';

const ACTIONS = ['assign', 'escalate', 'reopen', 'cancel', 'forget'] as const;
type Action = (typeof ACTIONS)[number];
const DONE = new Set(['resolved', 'verified', 'closed', 'cancelled']);

const fits = (action: Action, { status }: CaseView): boolean =>
  action === 'forget' || (action === 'reopen' ? DONE.has(status) : !DONE.has(status));

export function CaseActions({ of }: { of: CaseView }) {
  const [asking, setAsking] = useState<Action | null>(null);
  const [to, setTo] = useState('');
  const act = useAct(
    ({ action, reason }: { action: Action; reason: string }): Promise<unknown> => {
      if (action === 'forget') return client.forget({ id: of.id, reason }, once());
      const body = { case: of.id, reason, ...(action === 'assign' ? { to } : {}) };
      return client.command({ kind: `case.${action}` as PersonCommand, body }, once());
    },
    (_, { action }) => ({ text: t.case.did[action] }),
  );
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <Button icon="more">{t.case.more}</Button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            align="end"
            sideOffset={4}
            className="z-40 min-w-52 rounded-lg border bg-surface p-1 shadow-float"
          >
            {ACTIONS.filter((action) => fits(action, of)).map((action) => (
              <DropdownMenu.Item
                key={action}
                onSelect={() => setAsking(action)}
                className={cx(
                  'cursor-pointer rounded px-2.5 py-1.5 outline-none data-highlighted:bg-accent-tint',
                  action === 'forget' && 'text-bad',
                )}
              >
                {t.case[action]}
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {asking && (
        <ReasonDialog
          title={t.case[asking]}
          action={t.case[asking]}
          danger={asking === 'forget' || asking === 'cancel'}
          onClose={() => setAsking(null)}
          onDo={(reason) => act.mutate({ action: asking, reason })}
        >
          {asking === 'forget' && (
            <>
              <p className="mb-2">{t.case.forgetEffect}</p>
              <WillForget who={of.customer} />
            </>
          )}
          {asking === 'assign' && <SeatChoice value={to} onChange={setTo} />}
        </ReasonDialog>
      )}
    </>
  );
}

function SeatChoice({ value, onChange }: { value: string; onChange: (seat: string) => void }) {
  const seats = useInfiniteQuery(seatsQuery({ status: 'active' })).data?.pages.flatMap((page) => page.seats) ?? [];
  return (
    <Field label={t.case.to}>
      {(id) => (
        <Select
          id={id}
          value={value}
          choices={[{ value: '', label: '–' }, ...seats.map((each) => ({ value: each.id, label: each.title }))]}
          onChange={onChange}
        />
      )}
    </Field>
  );
}
