/** One card of the chart: a seat, the seats of a unit, or the way to the next ones. */
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { type KeyboardEvent, memo, type PointerEvent } from 'react';
import type { Drawn } from '../model/chart.ts';
import type { ChartSeat, Mark } from '../model/draft.ts';
import { countText, wordsOf } from '../model/format.ts';
import type { Spot } from '../model/tree.ts';
import { t } from '../text/en.ts';
import { Icon } from '../ui/icons.tsx';
import { Badge, cx, State, Untrusted } from '../ui/parts.tsx';
import { SEAT_TONES } from '../ui/states.tsx';

export const CARD = { width: 212, height: 82, gapX: 22, gapY: 54 };

/** What a card does when it is used; always the same object, whatever it does. */
export interface CardActions {
  readonly act: (node: Drawn) => void;
  /** Arrow keys lead to the cards around it. */
  readonly press: (key: string, event: KeyboardEvent) => void;
  readonly toggle: (key: string) => void;
  /** Begins to drag a seat. */
  readonly hold: (seat: string, event: PointerEvent<HTMLElement>) => void;
}

interface CardData extends Record<string, unknown> {
  readonly node: Drawn;
  readonly seat: ChartSeat | null;
  readonly work: { readonly inbox: number; readonly runs: number } | null;
  readonly mark: Mark | null;
  /** Null where a click leads to the seat's page instead. */
  readonly selected: boolean | null;
  /** Was it looked for? */
  readonly found: boolean;
  /** Can it be dragged? */
  readonly held: boolean;
  readonly actions: CardActions;
}
export type CardNode = Node<CardData, 'card'>;

const alike = <T extends object>(one: T, other: T): boolean =>
  (Object.keys(one) as (keyof T)[]).every((name) => one[name] === other[name]);

/** The card as it was, where nothing of it is other: it is not drawn again, and not moved. */
export function kept(old: CardNode | undefined, position: Spot, data: CardData): CardNode {
  const same =
    old !== undefined && alike(old.data.node, data.node) && alike(old.data, { ...data, node: old.data.node });
  if (same && alike(old.position, position)) return old;
  return {
    id: data.node.key,
    type: 'card',
    position,
    initialWidth: CARD.width,
    initialHeight: CARD.height,
    data: same ? old.data : data,
  };
}

const EDGES: Record<ChartSeat['status'], string> = {
  active: 'border-line',
  paused: 'border-warn',
  suspended: 'border-bad',
  retired: 'border-line opacity-60',
};

const FRAME = 'block size-full rounded-lg px-3 py-2 text-left hover:bg-hover';

/** Where it stands is not its own business: the chart moves it. */
const onlyData = (one: NodeProps<CardNode>, other: NodeProps<CardNode>): boolean => one.data === other.data;

const Card = memo(({ data }: NodeProps<CardNode>) => {
  const { node, seat, selected, found, held, actions } = data;
  return (
    <div
      data-node={node.key}
      data-title={seat?.title}
      onPointerDown={held ? (event) => actions.hold(node.key, event) : undefined}
      style={{ width: CARD.width, height: CARD.height }}
      className={cx(
        'relative rounded-lg border bg-surface shadow-card data-over:outline-3 data-over:outline-offset-2 data-over:outline-accent',
        seat ? EDGES[seat.status] : 'border-dashed border-strong',
        (selected || found) && 'outline-2 outline-accent',
        held && 'nodrag nopan cursor-grab select-none',
      )}
    >
      <Handle type="target" position={Position.Top} isConnectable={false} />
      {seat ? <SeatFace {...data} seat={seat} /> : <OtherFace {...data} />}
      {node.below > 0 && node.kind !== 'turn' && <Below {...data} />}
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
}, onlyData);

function SeatFace({ node, seat, work, mark, selected, actions }: CardData & { seat: ChartSeat }) {
  const { runs, inbox } = work ?? { runs: 0, inbox: 0 };
  return (
    <button
      type="button"
      onClick={() => actions.act(node)}
      onKeyDown={(event) => actions.press(node.key, event)}
      aria-pressed={selected ?? undefined}
      className={FRAME}
    >
      <span className="flex items-center gap-2">
        <Icon name={seat.occupant?.kind === 'human' ? 'person' : 'script'} />
        <span className="min-w-0 flex-1 truncate font-semibold">{seat.title}</span>
        {mark && <Badge tone={mark === 'new' ? 'good' : 'warn'}>{t.structure.marks[mark]}</Badge>}
      </span>
      <span className="mt-0.5 block truncate text-2xs text-faint">
        {wordsOf(seat.unit)} ·{' '}
        {seat.occupant ? <Untrusted text={seat.occupant.name ?? seat.occupant.principal} /> : t.common.nobody}
      </span>
      <span className="mt-1 flex items-center justify-between gap-2 text-2xs">
        <State tone={SEAT_TONES[seat.status]} busy={runs > 0}>
          {runs > 0 ? t.organisation.works(runs) : t.seat.statuses[seat.status]}
        </State>
        {inbox > 0 && (
          <span className="rounded bg-info-tint px-1.5 text-info">{t.organisation.waits(countText(inbox))}</span>
        )}
      </span>
    </button>
  );
}

const OtherFace = ({ node, actions }: CardData) => {
  const [title, text] =
    node.kind === 'unit'
      ? [wordsOf(node.unit), t.structure.inUnit(node.below)]
      : [node.by > 0 ? t.structure.further : t.structure.back, t.structure.others(countText(node.below))];
  return (
    <button
      type="button"
      onClick={() => actions.act(node)}
      onKeyDown={(event) => actions.press(node.key, event)}
      className={FRAME}
    >
      <span className="block truncate font-semibold">{title}</span>
      <span className="mt-0.5 block truncate text-2xs text-faint">{text}</span>
    </button>
  );
};

const Below = ({ node, seat, actions }: CardData) => (
  <button
    type="button"
    onClick={() => actions.toggle(node.key)}
    aria-expanded={node.open}
    aria-label={t.organisation.below(node.below, seat?.title ?? wordsOf(node.unit))}
    className="absolute top-[calc(100%-1rem)] left-1/2 z-10 min-h-[var(--press)] min-w-[var(--press)] -translate-x-1/2 rounded-full border bg-surface px-1.5 text-2xs leading-5 font-medium text-soft hover:bg-hover"
  >
    {node.open ? '–' : `+${node.below}`}
  </button>
);

export const NODES = { card: Card };
