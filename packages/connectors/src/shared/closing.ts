import { type Tool, ToolError } from '../port.ts';

/** The same tool, closed once however often it is asked; calls after that are refused before they begin. */
export function closable<T extends Tool>(tool: T): T {
  let open = true;
  return {
    ...tool,
    call: async (call) => {
      if (open) return tool.call(call);
      throw new ToolError('transient', `the tool of ${call.capability.id} was closed; nothing was changed`);
    },
    close: async () => {
      if (!open) return;
      open = false;
      await tool.close();
    },
  };
}
