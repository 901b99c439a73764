/** A graph to look at: it moves and zooms, and nothing in it can be dragged or joined. Loaded only with the pages that draw one. */
import '@xyflow/react/dist/base.css';
import './flow.css';
import { Background, Controls, ReactFlow, type ReactFlowProps } from '@xyflow/react';
import type { ReactNode } from 'react';
import { cx } from './parts.tsx';

export function Canvas({
  label,
  className,
  padding,
  inside,
  all,
  least = 0.05,
  children,
  ...drawn
}: Pick<ReactFlowProps, 'nodes' | 'edges' | 'nodeTypes'> & {
  readonly label: string;
  /** How high it is. */
  readonly className: string;
  /** Around all of it, as a share of what is shown. */
  readonly padding: number;
  /** What moves the view itself. */
  readonly inside?: ReactNode;
  /** Draws what is out of sight, too, so that the keyboard gets there. */
  readonly all?: boolean;
  /** The smallest it begins with, as a share of full size: what is pressed has to be hit. */
  readonly least?: number;
  readonly children?: ReactNode;
}) {
  return (
    <section aria-label={label} className={cx('min-h-96 overflow-hidden rounded-lg border bg-sunken', className)}>
      <ReactFlow
        {...drawn}
        fitView
        fitViewOptions={{ padding, maxZoom: 1, minZoom: least }}
        minZoom={0.05}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        onlyRenderVisibleElements={!all}
      >
        <Background gap={24} color="var(--c-line)" />
        <Controls showInteractive={false} />
        {inside}
      </ReactFlow>
      {children}
    </section>
  );
}
