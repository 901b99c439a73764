import type { TaskView } from '@reeve/protocol';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Ago, Empty, Facts, State, Untrusted } from '../ui/parts.tsx';
import { Values } from '../ui/values.tsx';

const TONES = { open: 'accent', done: 'good', declined: 'bad', cancelled: 'plain' } as const;

export function Tasks({ tasks }: { tasks: readonly TaskView[] }) {
  if (tasks.length === 0) return <Empty title={t.case.noTasks}>{t.case.noTasksWhy}</Empty>;
  return (
    <ul className="space-y-3">
      {tasks.map(({ id, from, to, status, packet, report, at }) => (
        <li key={id} className="rounded-md border p-3">
          <p className="mb-2 flex flex-wrap items-baseline justify-between gap-2">
            <span>
              <span className="font-mono text-xs text-faint">{id}</span> {wordsOf(from)} →{' '}
              <strong>{wordsOf(to)}</strong>
            </span>
            <span className="flex gap-3 text-xs text-faint">
              <State tone={TONES[status]}>{status}</State>
              <Ago at={at} />
            </span>
          </p>
          <Facts
            rows={[
              [t.case.asked, <Untrusted key="q" text={packet.subproblem} block />],
              [t.case.expects, <Untrusted key="o" text={packet.output} block />],
              packet.tried.length > 0 && [t.case.tried, <Untrusted key="t" text={packet.tried.join('; ')} />],
              report !== null && [t.case.report, <Values key="r" values={report} />],
            ]}
          />
        </li>
      ))}
    </ul>
  );
}
