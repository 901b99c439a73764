/** A pack is applied like infrastructure: what would change, then all of it or nothing. */
import type { Plan } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { ReasonDialog } from '../app/controls.tsx';
import { organisationQuery } from '../app/queries.ts';
import { t } from '../text/en.ts';
import { Field, Input } from '../ui/forms.tsx';
import { Badge, Button, Empty, Facts, Loading, Problem, Section, Untrusted } from '../ui/parts.tsx';

export function Pack() {
  const { data, error } = useQuery(organisationQuery());
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  const { pack, digest, definition } = data;
  return (
    <div className="space-y-4">
      <Section title={t.pack.inForce}>
        {definition ? (
          <Facts
            rows={[
              [t.pack.name, definition.name],
              pack !== null && [t.pack.id, `${pack.id}, ${t.pack.version} ${pack.version}`],
              pack !== null && [
                t.pack.folder,
                <code key="f" className="font-mono text-xs">
                  {pack.directory}
                </code>,
              ],
              [
                t.pack.digest,
                <code key="d" className="font-mono text-xs">
                  {digest}
                </code>,
              ],
              [
                t.pack.holds,
                t.pack.counts(
                  definition.units.length,
                  definition.seats.length,
                  definition.capabilities.length,
                  definition.contracts.length,
                  definition.policies.length,
                ),
              ],
            ]}
          />
        ) : (
          <Empty title={t.today.fresh}>{t.today.freshWhy}</Empty>
        )}
      </Section>
      <Planning initial={pack?.directory ?? ''} />
    </div>
  );
}

function Planning({ initial }: { initial: string }) {
  const [directory, setDirectory] = useState(initial);
  const plan = useAct(() => client.plan({ directory: directory.trim() }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    plan.mutate();
  };
  return (
    <Section title={t.pack.plan}>
      <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
        <div className="min-w-64 flex-1">
          <Field label={t.pack.directory} hint={t.pack.directoryHint}>
            {(id) => (
              <Input id={id} required value={directory} onChange={(event) => setDirectory(event.target.value)} />
            )}
          </Field>
        </div>
        <div className="pb-5">
          <Button type="submit" look="primary" busy={plan.isPending}>
            {t.pack.show}
          </Button>
        </div>
      </form>
      {plan.data && <Shown plan={plan.data} directory={directory.trim()} onApplied={() => plan.reset()} />}
    </Section>
  );
}

const SIGNS = { add: ['+', 'good'], change: ['~', 'warn'], remove: ['−', 'bad'] } as const;

function Shown({ plan, directory, onApplied }: { plan: Plan; directory: string; onApplied: () => void }) {
  const [asking, setAsking] = useState(false);
  const apply = useAct(
    (reason: string) => client.apply({ directory, base: plan.base, digest: plan.pack!.digest, reason }, once()),
    () => {
      onApplied();
      return { text: t.pack.applied };
    },
  );
  if (!plan.ok) return <Mistakes plan={plan} />;
  if (plan.changes.length === 0)
    return (
      <Empty icon="check" title={t.pack.same}>
        {t.pack.sameWhy}
      </Empty>
    );
  return (
    <div className="space-y-3">
      <div className="flex items-center justify-between gap-3">
        <p className="font-medium">{t.pack.changes(plan.changes.length)}</p>
        <Button look="primary" busy={apply.isPending} onClick={() => setAsking(true)}>
          {t.pack.apply}
        </Button>
      </div>
      <ul className="max-h-[28rem] divide-y overflow-auto rounded-md border scroll-thin">
        {plan.changes.map(({ action, kind, id, lines }) => (
          <li key={`${kind}/${id}`} className="px-3 py-1.5">
            <Badge tone={SIGNS[action][1]}>{SIGNS[action][0]}</Badge> <span className="text-faint">{kind}</span>{' '}
            <strong className="font-medium">{id}</strong>
            {lines.map((line) => (
              <code key={line} className="block pl-7 font-mono text-xs whitespace-pre-wrap text-soft">
                {line.trim()}
              </code>
            ))}
          </li>
        ))}
      </ul>
      {asking && (
        <ReasonDialog
          title={t.pack.applyTitle}
          action={t.pack.apply}
          onClose={() => setAsking(false)}
          onDo={(reason) => apply.mutate(reason)}
        >
          {t.pack.applyEffect(plan.changes.length)}
        </ReasonDialog>
      )}
    </div>
  );
}

const Mistakes = ({ plan }: { plan: Plan }) => (
  <div role="alert" className="space-y-2">
    <p className="font-medium text-bad">{t.pack.mistakes(plan.problems.length)}</p>
    <ul className="divide-y rounded-md border">
      {plan.problems.map(({ file, line, field, message, hint }) => (
        <li key={`${file}${line}${field}${message}`} className="px-3 py-2">
          <code className="font-mono text-xs text-faint">
            {[file, line].filter((each) => each !== undefined).join(':')} {field}
          </code>
          <p>
            <Untrusted text={message} />
          </p>
          {hint && (
            <p className="text-soft">
              <Untrusted text={hint} />
            </p>
          )}
        </li>
      ))}
    </ul>
  </div>
);
