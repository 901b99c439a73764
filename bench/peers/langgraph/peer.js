/** LangGraph with its SQLite checkpointer: a graph of five nodes; what waits is a thread that was interrupted. */
import { join } from 'node:path';
import { Annotation, Command, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import { serve } from '../lib/peer.ts';

const State = Annotation.Root({ i: Annotation(), done: Annotation() });
const step = (name) => (state) => ({ done: { ...state.done, [name]: true } });

function graph(names, saver) {
  const built = new StateGraph(State);
  for (const name of names) built.addNode(name, name === 'decision' ? decision : step(name));
  names.forEach((name, i) => {
    built.addEdge(names[i - 1] ?? START, name);
  });
  return built.addEdge(names.at(-1), END).compile({ checkpointer: saver });
}

const decision = (state) => ({ done: { ...state.done, decision: interrupt('approve?') } });

/** `durability: 'sync'`: a checkpoint is written before the next node starts. */
const thread = (id) => ({ configurable: { thread_id: id }, durability: 'sync' });

async function open({ directory }) {
  const saver = SqliteSaver.fromConnString(join(directory, 'checkpoints.db'));
  saver.setup();
  // The binding leaves WAL files at NORMAL, where a commit may be lost with the power.
  saver.db.pragma('synchronous = FULL');
  const settings = {
    journal_mode: String(saver.db.pragma('journal_mode', { simple: true })),
    synchronous: saver.db.pragma('synchronous', { simple: true }) === 2 ? 'FULL' : 'weaker than FULL',
  };
  const operate = graph(['request', 'admit', 'lease', 'effect', 'verify'], saver);
  const decide = graph(['request', 'admit', 'decision', 'lease', 'effect', 'verify'], saver);
  return {
    settings,
    run: async (i) => {
      await operate.invoke({ i, done: {} }, thread(`op-${i}`));
    },
    hold: async (i) => {
      await decide.invoke({ i, done: {} }, thread(`ask-${i}`));
      return `ask-${i}`;
    },
    approve: async (id) => {
      const { done } = await decide.invoke(new Command({ resume: true }), thread(id));
      if (!done.verify) throw new Error('the graph did not reach its end');
    },
    close: async () => void saver.db.close(),
  };
}

await serve(open);
