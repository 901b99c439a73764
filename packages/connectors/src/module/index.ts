/** For those who write tools: `@reeve/sdk` hands this on. */
export {
  defineTool,
  type ModuleCall,
  type ModuleCapability,
  type ModuleLookup,
  type ModuleTool,
} from './define.ts';
export { money } from './fields.ts';
