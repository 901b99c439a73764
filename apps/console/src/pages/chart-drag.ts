/** Dragging a seat onto another one. The seat stays where it is while a shade of it follows the pointer. */
import { type PointerEvent as ReactPointerEvent, useEffect, useMemo, useRef } from 'react';

/** How far the pointer goes before it is a drag and no click, in pixels. */
const SLACK = 6;

interface Held {
  readonly seat: string;
  readonly title: string;
  readonly x: number;
  readonly y: number;
  moving: boolean;
  over: HTMLElement | null;
}

const nodeAt = (x: number, y: number): HTMLElement | null =>
  document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-node]') ?? null;

/** Marks what the seat would be dropped on; straight in the page, because pointers move faster than pages are drawn. */
function mark(held: Held, next: HTMLElement | null): void {
  if (held.over === next) return;
  held.over?.removeAttribute('data-over');
  next?.setAttribute('data-over', '');
  held.over = next;
}

function follow(held: Held, ghost: HTMLElement, { clientX: x, clientY: y }: PointerEvent): void {
  if (!held.moving && Math.hypot(x - held.x, y - held.y) < SLACK) return;
  held.moving = true;
  ghost.hidden = false;
  ghost.textContent = held.title;
  ghost.style.transform = `translate(${x + 12}px, ${y + 12}px)`;
  const under = nodeAt(x, y);
  mark(held, under?.dataset.node === held.seat ? null : under);
}

/**
 * Mouse and pen only: a finger moves the chart, and has the menu of the seat.
 * @param drop is told which seat was dropped on which node; without one nothing can be dragged.
 */
export function useSeatDrag(drop: ((seat: string, onto: string) => void) | undefined) {
  const ghost = useRef<HTMLDivElement>(null);
  const latest = useRef(drop);
  latest.current = drop;
  const held = useRef<Held | null>(null);
  const listeners = useMemo(() => {
    const release = (dropped: boolean): void => {
      const was = held.current;
      held.current = null;
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', cancel);
      removeEventListener('keydown', stop, true);
      if (ghost.current) ghost.current.hidden = true;
      const onto = was?.over?.dataset.node;
      if (was) mark(was, null);
      if (was && dropped && onto !== undefined) latest.current?.(was.seat, onto);
    };
    const move = (event: PointerEvent): void => {
      if (held.current && ghost.current) follow(held.current, ghost.current, event);
    };
    const up = (): void => release(true);
    const cancel = (): void => release(false);
    const stop = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') cancel();
    };
    return { move, up, cancel, stop };
  }, []);
  useEffect(() => listeners.cancel, [listeners]);
  const hold = (seat: string, event: ReactPointerEvent<HTMLElement>): void => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    const title = event.currentTarget.dataset.title ?? seat;
    held.current = { seat, title, x: event.clientX, y: event.clientY, moving: false, over: null };
    addEventListener('pointermove', listeners.move);
    addEventListener('pointerup', listeners.up);
    addEventListener('pointercancel', listeners.cancel);
    addEventListener('keydown', listeners.stop, true);
  };
  return { ghost, hold };
}
