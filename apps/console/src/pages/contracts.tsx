/** What must hold before a capability acts, what is read, and what is checked after. */
import type { Organisation } from '@reeve/protocol';
import { useNavigate } from '@tanstack/react-router';
import { spanText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Badge, cx, Empty, Facts, Section } from '../ui/parts.tsx';

export type Definition = NonNullable<Organisation['definition']>;
type Contract = Definition['contracts'][number];

export function Contracts({ definition, chosen }: { definition: Definition; chosen: string | undefined }) {
  const navigate = useNavigate({ from: '/policies' });
  const { contracts } = definition;
  const shown = contracts.find(({ id }) => id === chosen) ?? contracts[0];
  if (!shown)
    return (
      <Empty icon="policies" title={t.contracts.none}>
        {t.contracts.noneWhy}
      </Empty>
    );
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[15rem_minmax(0,1fr)]">
      <nav
        aria-label={t.policies.contracts}
        className="max-h-[60vh] overflow-auto rounded-lg border bg-surface p-1 scroll-thin"
      >
        {contracts.map(({ id, title, capability }) => (
          <button
            key={id}
            type="button"
            aria-current={id === shown.id ? 'true' : undefined}
            onClick={() => void navigate({ search: { tab: 'contracts', contract: id } })}
            className={cx(
              'block w-full rounded-md px-2.5 py-1.5 text-left hover:bg-hover',
              id === shown.id && 'bg-accent-tint text-accent',
            )}
          >
            <span className="block font-medium">{wordsOf(id)}</span>
            <span className="block truncate text-2xs text-faint">{title || capability}</span>
          </button>
        ))}
      </nav>
      <Shown contract={shown} />
    </div>
  );
}

function Shown({ contract }: { contract: Contract }) {
  const { id, title, capability, reads, pre, post } = contract;
  return (
    <Section title={title || wordsOf(id)} aside={<code className="font-mono">{capability}</code>}>
      <div className="space-y-5">
        <About contract={contract} />
        <Group title={t.contracts.reads} none={t.contracts.noReads}>
          {Object.entries(reads).map(([name, read]) => (
            <li key={name}>
              <strong className="font-medium">{name}</strong> <Call of={read} />
            </li>
          ))}
        </Group>
        <Conditions title={t.contracts.before} list={pre} />
        <Conditions title={t.contracts.after} list={post} />
        <Checks contract={contract} />
        <Asking approval={contract.approval} />
      </div>
    </Section>
  );
}

const About = ({ contract: { resource, requires, evidence, emits, separation, metric } }: { contract: Contract }) => (
  <Facts
    rows={[
      resource !== undefined && [t.contracts.oneAtATime, <Code key="r" text={resource} />],
      requires.length > 0 && [t.contracts.needs, requires.join(', ')],
      evidence.length > 0 && [t.contracts.evidence, evidence.join(', ')],
      emits.length > 0 && [t.contracts.emits, emits.join(', ')],
      separation.length > 0 && [t.contracts.separation, separation.join(', ')],
      metric !== undefined && [t.contracts.metric, wordsOf(metric)],
    ]}
  />
);

const Code = ({ text }: { text: string }) => <code className="font-mono text-xs">{text}</code>;

const Checks = ({ contract: { verify, compensate, failure } }: { contract: Contract }) => (
  <Group title={t.contracts.checks} none={t.contracts.noChecks}>
    {verify && (
      <li>
        {t.contracts.verify} <Call of={verify} />
      </li>
    )}
    {compensate && (
      <li>
        {t.contracts.undo} <Call of={compensate} />
      </li>
    )}
    {Object.entries(failure).map(([kind, tactic]) => (
      <li key={kind} className="text-soft">
        {t.contracts.onFailure(kind, String(tactic))}
      </li>
    ))}
  </Group>
);

const Asking = ({ approval: { when, silence, quorum } }: { approval: Contract['approval'] }) => (
  <Group title={t.contracts.approval} none="">
    <li>
      {when ? t.contracts.asksWhen : t.contracts.asksElse} {when && <Code text={when} />}
    </li>
    <li className="text-soft">
      {t.contracts.silence(spanText(silence.after), t.approvals.silence[silence.rule])}
      {quorum > 1 && ` · ${t.contracts.quorum(quorum)}`}
    </li>
  </Group>
);

const Call = ({ of: { capability, args } }: { of: { capability: string; args: Readonly<Record<string, string>> } }) => (
  <code className="font-mono text-xs text-soft">
    {capability}(
    {Object.entries(args)
      .map(([name, expr]) => `${name}: ${expr}`)
      .join(', ')}
    )
  </code>
);

function Group({ title, none, children }: { title: string; none: string; children: React.ReactNode }) {
  const empty = Array.isArray(children) && children.flat().filter(Boolean).length === 0;
  return (
    <section>
      <h3 className="mb-1.5 border-b pb-1 text-xs font-semibold text-soft">{title}</h3>
      {empty ? <p className="text-faint">{none}</p> : <ul className="space-y-1">{children}</ul>}
    </section>
  );
}

const Conditions = ({ title, list }: { title: string; list: Contract['pre'] }) => (
  <Group title={title} none={t.common.none}>
    {list.map(({ rule, that, else: message, instead }) => (
      <li key={rule} className="grid gap-x-4 md:grid-cols-[10rem_minmax(0,1fr)]">
        <span>
          <Badge>{rule}</Badge>
        </span>
        <span>
          <code className="font-mono text-xs">{that}</code>
          <span className="block text-xs text-soft">
            {t.contracts.otherwise} {message}
            {instead && ` · ${t.approvals.alternatives}: ${instead}`}
          </span>
        </span>
      </li>
    ))}
  </Group>
);
