/** Crosscut's client: sends a program's lines to the port, and follows logs live. */
export { captureConsole, createLogger, type Level, type Logger } from './logger.js';
export { Sender, type SenderOptions } from './sender.js';
export type { Fields } from './record.js';
export type { Backoff } from './backoff.js';
export type { Connection } from './settings.js';
export {
  FollowError,
  followLogs,
  LogStream,
  type FollowOptions,
  type LogRecord,
  type Status,
  type Target,
} from './follow.js';
