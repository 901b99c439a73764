import type { CelType } from '../cel/types.ts';
import type { FieldNode, FieldTree } from './tree.ts';

/** A record of fields as the expression checker sees it. */
export function celTypeOf(tree: FieldTree): CelType {
  return { fields: Object.fromEntries(tree.map((node) => [node.name, ofNode(node)])) };
}

const SIMPLE: Readonly<Record<FieldNode['type'], CelType>> = {
  string: 'string',
  strings: { list: 'string' },
  number: 'number',
  integer: 'number',
  money: 'number',
  boolean: 'bool',
  object: 'dyn',
  list: { list: 'dyn' },
  any: 'dyn',
};

function ofNode({ type, children }: FieldNode): CelType {
  if (!children) return SIMPLE[type];
  return type === 'list' ? { list: celTypeOf(children) } : celTypeOf(children);
}
