/** The log list. Framework-free: `components/LogList.svelte` only puts it into the page. */
export { LogList, ROW_HEIGHT, type Fresh, type ListCommand } from './list';
export type { Pending, SourceLook } from './row';
