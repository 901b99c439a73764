import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export interface Tab {
  readonly id: string;
  readonly label: ReactNode;
  readonly count?: number;
  readonly content: ReactNode;
}

export const Tabs = ({
  tabs,
  value,
  onChange,
}: {
  tabs: readonly Tab[];
  value: string;
  onChange: (id: string) => void;
}) => (
  <Radix.Root value={value} onValueChange={onChange} className="min-w-0">
    <Radix.List className="flex gap-1 overflow-x-auto border-b scroll-thin">
      {tabs.map(({ id, label, count }) => (
        <Radix.Trigger
          key={id}
          value={id}
          className="-mb-px min-h-9 border-b-2 border-transparent px-3 text-sm font-medium whitespace-nowrap text-soft hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
        >
          {label}
          {count !== undefined && count > 0 && <span className="ml-1.5 text-2xs text-faint">{count}</span>}
        </Radix.Trigger>
      ))}
    </Radix.List>
    {tabs.map(({ id, content }) => (
      <Radix.Content key={id} value={id} className="pt-4">
        {content}
      </Radix.Content>
    ))}
  </Radix.Root>
);
