/** The chart of seats with what each is doing; loaded only when somebody looks at it. */
import type { SeatView } from '@reeve/protocol';
import { useNavigate } from '@tanstack/react-router';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { useMemo, useState } from 'react';
import { countText, wordsOf } from '../model/format.ts';
import { layTree, reportsOf } from '../model/tree.ts';
import { t } from '../text/en.ts';
import { Canvas } from '../ui/canvas.tsx';
import { Icon } from '../ui/icons.tsx';
import { cx, State } from '../ui/parts.tsx';
import { SEAT_TONES } from '../ui/states.tsx';

const SIZE = { width: 212, height: 82, gapX: 22, gapY: 54 };

interface SeatData extends Record<string, unknown> {
  readonly seat: SeatView;
  readonly below: number;
  readonly collapsed: boolean;
  readonly toggle: () => void;
  readonly open: () => void;
}
type SeatNode = Node<SeatData, 'seat'>;

const EDGES = {
  active: 'border-line',
  paused: 'border-warn',
  suspended: 'border-bad',
  retired: 'border-line opacity-60',
};

const Seat = ({ data: { seat, below, collapsed, toggle, open } }: NodeProps<SeatNode>) => (
  <div
    style={{ width: SIZE.width, height: SIZE.height }}
    className={cx('relative rounded-lg border bg-surface shadow-card', EDGES[seat.status])}
  >
    <Handle type="target" position={Position.Top} isConnectable={false} />
    <button type="button" onClick={open} className="block size-full rounded-lg px-3 py-2 text-left hover:bg-hover">
      <span className="flex items-center gap-2">
        <Icon name={seat.occupant?.kind === 'human' ? 'person' : 'script'} />
        <span className="truncate font-semibold">{seat.title}</span>
      </span>
      <span className="mt-0.5 block truncate text-2xs text-faint">
        {wordsOf(seat.unit)} · {seat.occupant ? (seat.occupant.name ?? seat.occupant.principal) : t.common.nobody}
      </span>
      <span className="mt-1 flex items-center justify-between gap-2 text-2xs">
        <State tone={SEAT_TONES[seat.status]} busy={seat.runs > 0}>
          {seat.runs > 0 ? t.organisation.works(seat.runs) : t.seat.statuses[seat.status]}
        </State>
        {seat.inbox > 0 && (
          <span className="rounded bg-info-tint px-1.5 text-info">{t.organisation.waits(countText(seat.inbox))}</span>
        )}
      </span>
    </button>
    {below > 0 && (
      <button
        type="button"
        onClick={toggle}
        aria-expanded={!collapsed}
        aria-label={t.organisation.below(below, seat.title)}
        className="absolute -bottom-4 left-1/2 z-10 min-h-8 min-w-8 -translate-x-1/2 rounded-full border bg-surface px-1.5 text-2xs leading-5 font-medium text-soft hover:bg-hover"
      >
        {collapsed ? `+${below}` : '–'}
      </button>
    )}
    <Handle type="source" position={Position.Bottom} isConnectable={false} />
  </div>
);

const NODES = { seat: Seat };

export default function Chart({ seats, total }: { seats: SeatView[]; total: number }) {
  const navigate = useNavigate();
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const spots = useMemo(() => layTree(seats, SIZE, collapsed), [seats, collapsed]);
  const reports = useMemo(() => reportsOf(seats), [seats]);
  const toggle = (id: string) => {
    const next = new Set(collapsed);
    if (!next.delete(id)) next.add(id);
    setCollapsed(next);
  };
  const shown = seats.filter(({ id }) => spots.has(id));
  const nodes = shown.map(
    (seat): SeatNode => ({
      id: seat.id,
      type: 'seat',
      position: spots.get(seat.id)!,
      initialWidth: SIZE.width,
      initialHeight: SIZE.height,
      data: {
        seat,
        below: reports.get(seat.id)?.length ?? 0,
        collapsed: collapsed.has(seat.id),
        toggle: () => toggle(seat.id),
        open: () => void navigate({ to: '/organisation/$id', params: { id: seat.id } }),
      },
    }),
  );
  const edges = shown
    .filter(({ supervisor }) => supervisor !== null && spots.has(supervisor))
    .map(({ id, supervisor }) => ({ id, source: supervisor!, target: id, type: 'smoothstep' }));
  return (
    <Canvas
      label={t.organisation.chartLabel}
      className="h-[calc(100dvh-11rem)]"
      padding={0.12}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODES}
    >
      {total > seats.length && <p className="p-2 text-xs text-faint">{t.organisation.partly(seats.length, total)}</p>}
    </Canvas>
  );
}
