/** A tree of seats laid out so that no two overlap and each stands over the middle of those it supervises. Pure. */

export interface Seatlike {
  readonly id: string;
  readonly supervisor: string | null;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface TreeSize {
  readonly width: number;
  readonly height: number;
  readonly gapX: number;
  readonly gapY: number;
}

/** Ids of the seats under each, in the order given; '' holds those at the top. Who names nobody known is at the top. */
export function reportsOf(seats: readonly Seatlike[]): Map<string, string[]> {
  const known = new Set(seats.map(({ id }) => id));
  const reports = new Map<string, string[]>();
  for (const { id, supervisor } of seats) {
    const above = supervisor !== null && known.has(supervisor) && supervisor !== id ? supervisor : '';
    const list = reports.get(above);
    if (list) list.push(id);
    else reports.set(above, [id]);
  }
  return reports;
}

/** Beyond this many reports that are all leaves, they stand in a block below their supervisor instead of in one row. */
const ROW = 6;

/** @returns a place for every seat that can be reached from the top. */
export function layTree(seats: readonly Seatlike[], size: TreeSize): Map<string, Spot> {
  const reports = reportsOf(seats);
  const spots = new Map<string, Spot>();
  const stepX = size.width + size.gapX;
  const stepY = size.height + size.gapY;
  const below = (id: string): string[] => reports.get(id) ?? [];
  const isLeaf = (id: string): boolean => below(id).length === 0;
  /** Places a seat with all below it from column `left` on; returns how many columns it takes. */
  const place = (id: string, left: number, depth: number): number => {
    const children = below(id);
    const block = children.length > ROW && children.every(isLeaf);
    const columns = block ? Math.ceil(Math.sqrt(children.length * 1.6)) : 0;
    let width = 0;
    if (block)
      children.forEach((child, at) => {
        spots.set(child, { x: (left + (at % columns)) * stepX, y: (depth + 1 + Math.floor(at / columns)) * stepY });
      });
    else for (const child of children) width += place(child, left + width, depth + 1);
    const taken = Math.max(1, block ? columns : width);
    spots.set(id, { x: (left + (taken - 1) / 2) * stepX, y: depth * stepY });
    return taken;
  };
  let left = 0;
  for (const top of reports.get('') ?? []) left += place(top, left, 0);
  return spots;
}
