/** Approve, and the next ones like it: a standing grant with limits. */
import type { ApprovalView } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { caseQuery } from '../app/queries.ts';
import { DAY, moneyText, parseMoney, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Dialog, Field, Foot, Input } from '../ui/forms.tsx';
import { useCurrency } from '../ui/values.tsx';

export function GrantDialog({
  approval,
  onDo,
  onClose,
}: {
  approval: ApprovalView;
  onDo: (grant: Record<string, unknown>) => void;
  onClose: () => void;
}) {
  const { packet, requester } = approval;
  const currency = useCurrency();
  const of = useQuery({ ...caseQuery(approval.case ?? 'C-0'), enabled: approval.case !== null }).data;
  const amount = packet.cost > 0 ? moneyText(packet.cost, currency) : '';
  const [form, setForm] = useState({ uses: '5', days: '7', each: amount, total: '', same: false });
  const change = (name: 'uses' | 'days' | 'each' | 'total') => (event: React.ChangeEvent<HTMLInputElement>) =>
    setForm({ ...form, [name]: event.target.value });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onDo(grantOf(form, packet.cost > 0, form.same ? of?.customer : undefined));
    onClose();
  };
  return (
    <Dialog title={t.approvals.grants.title} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        <p className="text-soft">{t.approvals.grants.intro(wordsOf(requester), wordsOf(packet.capability))}</p>
        <div className="grid grid-cols-2 gap-3">
          <Field label={t.approvals.grants.uses}>
            {(id) => (
              <Input id={id} type="number" min={1} max={1000} required value={form.uses} onChange={change('uses')} />
            )}
          </Field>
          <Field label={t.approvals.grants.days}>
            {(id) => (
              <Input id={id} type="number" min={1} max={365} required value={form.days} onChange={change('days')} />
            )}
          </Field>
          {packet.cost > 0 && (
            <>
              <Field label={t.approvals.grants.each}>
                {(id) => <Input id={id} required pattern=".*\d.*" value={form.each} onChange={change('each')} />}
              </Field>
              <Field label={t.approvals.grants.total} hint={t.common.optional}>
                {(id) => <Input id={id} value={form.total} onChange={change('total')} />}
              </Field>
            </>
          )}
        </div>
        {of && (
          <label className="flex items-center gap-2">
            <input
              type="checkbox"
              checked={form.same}
              onChange={(event) => setForm({ ...form, same: event.target.checked })}
            />
            {t.approvals.grants.sameCustomer}
          </label>
        )}
        <Foot action={t.approvals.grants.confirm} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** The grant a form asks for. Pure. */
function grantOf(
  form: { uses: string; days: string; each: string; total: string },
  moves: boolean,
  customer: string | undefined,
): Record<string, unknown> {
  const each = parseMoney(form.each);
  const total = parseMoney(form.total);
  return {
    uses: Number(form.uses),
    for: Number(form.days) * DAY,
    ...(moves && each !== null ? { each } : {}),
    ...(moves && total !== null ? { total } : {}),
    ...(customer === undefined ? {} : { customer }),
  };
}
