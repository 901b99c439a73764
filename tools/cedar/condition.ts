/** Conditions in the subset that both languages can say, and their text in each. */

/** What a condition may look at: its path in CEL, where Cedar finds it, and whether it may be absent. */
export interface Field {
  readonly cel: string;
  readonly cedar: string;
  /** `context has …`, when it may be absent. */
  readonly present?: string;
}

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | {
      readonly kind: 'compare';
      readonly operator: string;
      readonly left: Field;
      readonly right: Field | string | number;
    }
  | { readonly kind: 'in'; readonly left: Field; readonly list: readonly string[] }
  | { readonly kind: 'startsWith'; readonly left: Field; readonly prefix: string }
  | { readonly kind: 'flag'; readonly left: Field }
  | { readonly kind: 'has'; readonly left: Field };

const literal = (value: string | number): string => JSON.stringify(value);

const celOperand = (value: Field | string | number): string => (typeof value === 'object' ? value.cel : literal(value));

export function toCel(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const operator = condition.kind === 'and' ? '&&' : '||';
      return `(${toCel(condition.left)} ${operator} ${toCel(condition.right)})`;
    }
    case 'not':
      return `!(${toCel(condition.of)})`;
    case 'compare':
      return `${condition.left.cel} ${condition.operator} ${celOperand(condition.right)}`;
    case 'in':
      return `${condition.left.cel} in [${condition.list.map(literal).join(', ')}]`;
    case 'startsWith':
      return `${condition.left.cel}.startsWith(${literal(condition.prefix)})`;
    case 'flag':
      return condition.left.cel;
    case 'has':
      return `has(${condition.left.cel})`;
  }
}

/**
 * CEL has three outcomes: true, false, and an error that `&&` and `||` absorb when the other side decides. Cedar stops at
 * the first error. So a condition becomes two Cedar conditions that never fail: when it is true, and when it is false.
 */
export interface Cedar {
  readonly isTrue: string;
  readonly isFalse: string;
}

export function toCedar(condition: Condition): Cedar {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return logical(condition.kind, toCedar(condition.left), toCedar(condition.right));
    case 'not': {
      const { isTrue, isFalse } = toCedar(condition.of);
      return { isTrue: isFalse, isFalse: isTrue };
    }
    case 'has': {
      const present = condition.left.present ?? 'true';
      return { isTrue: present, isFalse: `!(${present})` };
    }
    default:
      return atom(condition);
  }
}

const logical = (kind: 'and' | 'or', a: Cedar, b: Cedar): Cedar =>
  kind === 'and'
    ? { isTrue: `(${a.isTrue} && ${b.isTrue})`, isFalse: `(${a.isFalse} || ${b.isFalse})` }
    : { isTrue: `(${a.isTrue} || ${b.isTrue})`, isFalse: `(${a.isFalse} && ${b.isFalse})` };

type Atom = Exclude<Condition, { kind: 'and' | 'or' | 'not' | 'has' }>;

function atom(condition: Atom): Cedar {
  const operands = [
    condition.left,
    ...('right' in condition && typeof condition.right === 'object' ? [condition.right] : []),
  ];
  const guards = operands.flatMap(({ present }) => present ?? []);
  const guarded = (text: string) => `(${[...guards, text].join(' && ')})`;
  const text = atomText(condition);
  return { isTrue: guarded(text), isFalse: guarded(`!(${text})`) };
}

function atomText(condition: Atom): string {
  const { cedar } = condition.left;
  switch (condition.kind) {
    case 'compare': {
      const right = typeof condition.right === 'object' ? condition.right.cedar : literal(condition.right);
      return `${cedar} ${condition.operator} ${right}`;
    }
    case 'in':
      return `[${condition.list.map(literal).join(', ')}].contains(${cedar})`;
    case 'startsWith':
      return `${cedar} like ${literal(`${condition.prefix}*`)}`;
    case 'flag':
      return cedar;
  }
}
