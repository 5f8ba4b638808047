/** Logs in a React component: `const { logs, status } = useLogs('api', { token })`. */
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  FollowError,
  followLogs,
  type FollowOptions,
  type LogRecord,
  type LogStream,
  type Status,
  type Target,
} from './follow.js';

/** How to follow; a change of any of these but the functions begins anew. */
export interface UseLogsOptions extends FollowOptions {
  /** Records that are kept, the newest; 1,000. */
  limit?: number;
}

/** What a component sees. */
export interface Logs {
  logs: LogRecord[];
  status: Status;
  connected: boolean;
  /** What went wrong last, until records come again. */
  error: FollowError | undefined;
  connect(): void;
  disconnect(): void;
  /** Forgets the records so far. */
  clear(): void;
}

interface State {
  logs: LogRecord[];
  status: Status;
  connected: boolean;
  error: FollowError | undefined;
}

const NOTHING: State = { logs: [], status: 'running', connected: false, error: undefined };

/** Follows while the component is mounted. */
export function useLogs(target: Target, options: UseLogsOptions = {}): Logs {
  const [state, setState] = useState(NOTHING);
  const stream = useRef<LogStream | undefined>(undefined);
  // The functions and limits of the last rendering, without beginning anew for them.
  const latest = useRef(options);
  latest.current = options;
  const { url, token, tail, autoConnect, patience, retry } = options;
  const what = JSON.stringify([target, url, token, tail, autoConnect, patience, retry]);

  useEffect(() => {
    const change = (some: Partial<State>): void => setState((state) => ({ ...state, ...some }));
    setState(NOTHING);
    const options: FollowOptions = {
      ...latest.current,
      onLogs(logs) {
        const limit = latest.current.limit ?? 1_000;
        setState((state) => ({
          ...state,
          error: undefined,
          logs: limit > 0 ? [...state.logs, ...logs].slice(-limit) : [],
        }));
        latest.current.onLogs?.(logs);
      },
      onStatus(status) {
        change({ status });
        latest.current.onStatus?.(status);
      },
      onError(error) {
        change({ error });
        latest.current.onError?.(error);
      },
      onConnection(connected) {
        change({ connected });
        latest.current.onConnection?.(connected);
      },
    };
    try {
      stream.current = followLogs(target, options);
    } catch (error) {
      // An address that is none is no reason to take the page down.
      options.onError?.(new FollowError(String(error), 'bad_address', true));
    }
    return () => {
      stream.current?.disconnect();
      stream.current = undefined;
    };
    // `what` says all of the target and the options that count.
  }, [what]);

  return {
    ...state,
    connect: useCallback(() => stream.current?.connect(), []),
    disconnect: useCallback(() => stream.current?.disconnect(), []),
    clear: useCallback(() => setState((state) => ({ ...state, logs: [] })), []),
  };
}
