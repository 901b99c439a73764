/** Why a case was opened for a target: from the ledger, with what the target says now. */
import type { WhyGap } from '@reeve/protocol';
import type { Archive } from '../archive.ts';
import { allRecords } from '../views/ledger.ts';
import { ofKind } from './explain.ts';
import type { Reader } from './explained.ts';

/** The gap a case was opened for; null when it came about in another way. */
export async function gapOf(runtime: Reader, archive: Archive, asked: string): Promise<WhyGap | null> {
  const records = await allRecords(archive, { correlation: asked, kind: 'gap.' });
  const opened = ofKind(records, 'gap.opened')[0];
  if (!opened) return null;
  const { target, owner, why, standing, points } = opened.body;
  const closed = ofKind(records, 'gap.closed').at(-1);
  const escalated = ofKind(records, 'gap.escalated').map(({ seq, at, body }) => {
    return { seq, at, from: body.from, to: body.to, level: body.level, value: body.standing.value };
  });
  return {
    ...(await targetNow(runtime, target)),
    ...{ why, escalated },
    opened: { seq: opened.seq, at: opened.at, owner, value: standing.value, expected: standing.expected, points },
    closed: closed ? { seq: closed.seq, at: closed.at, why: closed.body.why, value: closed.body.value } : null,
  };
}

type Said = Pick<WhyGap, 'target' | 'title' | 'unit' | 'because' | 'direction' | 'wanted'>;

const targetNow = (runtime: Reader, id: string): Promise<Said> =>
  runtime.read(({ purpose }): Said => {
    const target = purpose.targets.find((each) => each.id === id);
    const metric = purpose.metrics.find((each) => each.id === target?.metric);
    const { because = '', direction = null, value: wanted = null } = target ?? {};
    return { target: id, title: metric?.title ?? id, unit: metric?.unit ?? 'number', because, direction, wanted };
  });
