/** Moving, merging, splitting seats, and layers and units that are new: each dialog makes one step of the plan. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { seatQuery } from '../app/queries.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Area, Field, Select } from '../ui/forms.tsx';
import { SeatPicker } from '../ui/seat-picker.tsx';
import { useCatalogue } from '../ui/values.tsx';
import {
  Boxes,
  isNamed,
  isWho,
  NameFields,
  NOBODY,
  nameOf,
  StepDialog,
  seatedBy,
  UNNAMED,
  WhoFields,
} from './restructure-form.tsx';
import type { ActProps, Add } from './restructure-seat.tsx';

export function Move({ seat, seats, add, onClose }: ActProps) {
  const { units } = useCatalogue();
  const [under, setUnder] = useState(seat.supervisor);
  const [unit, setUnit] = useState(seat.unit);
  const moved = under !== seat.supervisor;
  const changes = { ...(moved && under ? { supervisor: under } : {}), ...(unit === seat.unit ? {} : { unit }) };
  const others = seats.filter(({ id }) => id !== seat.id);
  return (
    <StepDialog
      title={t.structure.move.title(seat.title)}
      ready={Object.keys(changes).length > 0}
      onDo={() => add({ do: 'reassign', seat: seat.id, ...changes })}
      onClose={onClose}
    >
      <Field label={t.structure.move.under}>
        {(id) => (
          <SeatPicker
            id={id}
            seats={others}
            label={t.structure.move.under}
            chosen={others.find((each) => each.id === under)?.title ?? ''}
            onChoose={setUnder}
          />
        )}
      </Field>
      <Field label={t.structure.move.unit}>
        {(id) => (
          <Select
            id={id}
            value={unit}
            onChange={setUnit}
            choices={(units.length > 0 ? units : [{ id: unit, title: wordsOf(unit) }]).map((each) => ({
              value: each.id,
              label: each.title,
            }))}
          />
        )}
      </Field>
    </StepDialog>
  );
}

export function Merge({ seat, seats, add, onClose }: ActProps) {
  const [into, setInto] = useState<string | null>(null);
  const [rights, setRights] = useState(false);
  const others = seats.filter(({ id }) => id !== seat.id);
  return (
    <StepDialog
      title={t.structure.merge.title(seat.title)}
      why={t.structure.merge.why}
      ready={into !== null}
      onDo={() => add({ do: 'merge', seats: [seat.id], into: into!, rights: rights ? 'add' : 'keep' })}
      onClose={onClose}
    >
      <Field label={t.structure.merge.into}>
        {(id) => (
          <SeatPicker
            id={id}
            seats={others}
            label={t.structure.merge.into}
            chosen={others.find((each) => each.id === into)?.title ?? ''}
            onChoose={setInto}
          />
        )}
      </Field>
      <label className="flex min-h-6 items-center gap-2">
        <input type="checkbox" checked={rights} onChange={() => setRights(!rights)} />
        {t.structure.merge.rights}
      </label>
    </StepDialog>
  );
}

const asBoxes = (ids: readonly string[]) => [...new Set(ids)].map((id) => ({ id, label: id }));

export function Split({ seat, add, onClose }: ActProps) {
  const { data } = useQuery(seatQuery(seat.id));
  const [named, setNamed] = useState(UNNAMED);
  const [topics, setTopics] = useState<string[]>([]);
  const [rights, setRights] = useState<string[]>([]);
  const [who, setWho] = useState(NOBODY);
  const all = data?.abilities.topics ?? [];
  const into = { ...nameOf(named), topics, rights, ...seatedBy(who) };
  return (
    <StepDialog
      title={t.structure.split.title(seat.title)}
      why={t.structure.split.why}
      ready={isNamed(named) && isWho(who)}
      onDo={() => add({ do: 'split', seat: seat.id, into: [into] })}
      onClose={onClose}
    >
      <NameFields value={named} onChange={setNamed} />
      {all.length === 0 ? (
        <p className="text-soft">{t.structure.split.noTopics}</p>
      ) : (
        <Boxes legend={t.structure.split.topics} options={asBoxes(all)} chosen={topics} onChange={setTopics} />
      )}
      {data && data.charter.rights.length > 0 && (
        <Boxes
          legend={t.structure.split.rights}
          options={asBoxes(data.charter.rights.map(({ capability }) => capability))}
          chosen={rights}
          onChange={setRights}
        />
      )}
      <WhoFields value={who} onChange={setWho} />
    </StepDialog>
  );
}

export function AddLayer({ seat, seats, add, onClose }: ActProps) {
  const [named, setNamed] = useState(UNNAMED);
  const [purpose, setPurpose] = useState('');
  const [over, setOver] = useState<string[]>([]);
  const [who, setWho] = useState({ ...NOBODY, kind: 'person' as 'person' | 'nobody' });
  const reports = seats.filter(({ supervisor }) => supervisor === seat.id);
  const made = { ...nameOf(named), purpose: purpose.trim(), ...seatedBy(who) };
  return (
    <StepDialog
      title={t.structure.layer.title(seat.title)}
      why={t.structure.layer.why}
      ready={isNamed(named) && isWho(who) && over.length > 0 && made.purpose !== ''}
      onDo={() => add({ do: 'add-layer', seat: made, over })}
      onClose={onClose}
    >
      <NameFields value={named} onChange={setNamed} />
      <Field label={t.structure.layer.purpose}>
        {(id) => (
          <Area
            id={id}
            required
            rows={2}
            maxLength={2000}
            value={purpose}
            onChange={(event) => setPurpose(event.target.value)}
          />
        )}
      </Field>
      <Boxes
        legend={t.structure.layer.over}
        options={reports.map(({ id, title }) => ({ id, label: title }))}
        chosen={over}
        onChange={setOver}
      />
      <WhoFields value={who} onChange={setWho} />
    </StepDialog>
  );
}

export function NewUnit({ add, onClose }: { add: Add; onClose: () => void }) {
  const { units } = useCatalogue();
  const [named, setNamed] = useState(UNNAMED);
  const [parent, setParent] = useState<string | null>(null);
  const inside = parent ?? units[0]?.id ?? '';
  const choices = [...units.map(({ id, title }) => ({ value: id, label: title }))];
  return (
    <StepDialog
      title={t.structure.unitNew.title}
      ready={isNamed(named)}
      onDo={() => add({ do: 'unit', unit: { ...nameOf(named), ...(inside === '' ? {} : { parent: inside }) } })}
      onClose={onClose}
    >
      <NameFields value={named} onChange={setNamed} />
      <Field label={t.structure.unitNew.parent}>
        {(id) => (
          <Select
            id={id}
            value={inside}
            onChange={setParent}
            choices={[...choices, { value: '', label: t.structure.unitNew.none }]}
          />
        )}
      </Field>
    </StepDialog>
  );
}
