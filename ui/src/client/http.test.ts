import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Event } from '../generated/types';
import type { Connection } from './client';
import { HttpClient } from './http';
import { takeToken } from './token';

class FakeSource {
  static made: FakeSource[] = [];
  onmessage: ((event: { data: string }) => void) | undefined;
  onerror: (() => void) | undefined;
  closed = false;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    FakeSource.made.push(this);
  }

  close(): void {
    this.closed = true;
  }

  say(event: Event): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
}

function answering(status: number, body: unknown) {
  const answer = vi.fn<typeof fetch>(() =>
    Promise.resolve(new Response(JSON.stringify(body), { status })),
  );
  vi.stubGlobal('fetch', answer);
  return answer;
}

function listening(client: HttpClient) {
  FakeSource.made = [];
  vi.stubGlobal('EventSource', FakeSource);
  const states: Connection[] = [];
  const events: Event[] = [];
  const stop = client.listen({
    connection: (state) => states.push(state),
    event: (event) => events.push(event),
  });
  return { states, events, stop };
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a call', () => {
  it('carries its arguments and the token', async () => {
    const fetched = answering(200, { view: 1, rows: [] });
    await new HttpClient('secret').call('view_rows', { view: 1, start: 0, count: 2 });
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe('api/view_rows');
    expect(init).toMatchObject({ method: 'POST', body: '{"view":1,"start":0,"count":2}' });
    expect(init?.headers).toMatchObject({ authorization: 'Bearer secret' });
  });

  it('fails with the code, message and hint of the server', async () => {
    answering(404, { error: { code: 'unknown_run', message: 'no such run', hint: 'list them' } });
    await expect(new HttpClient('').call('status', {})).rejects.toMatchObject({
      code: 'unknown_run',
      message: 'no such run',
      hint: 'list them',
      status: 404,
    });
  });

  it('fails as unreachable when nobody answers, and as a bad answer when a stranger does', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')));
    await expect(new HttpClient('').call('status', {})).rejects.toMatchObject({
      code: 'unreachable',
    });
    answering(502, 'proxy');
    await expect(new HttpClient('').call('status', {})).rejects.toMatchObject({
      code: 'bad_answer',
      status: 502,
    });
  });
});

describe('the stream of events', () => {
  it('is live from its first hello', () => {
    const client = new HttpClient('t');
    const { states, events } = listening(client);
    FakeSource.made[0]?.say({ type: 'hello', version: '1' });
    expect(states).toEqual(['connecting', 'live']);
    expect(events).toHaveLength(1);
    expect(FakeSource.made[0]?.url).toBe(`api/events?client=${client.id}&token=t`);
  });

  it('is opened again when lost, later and later', async () => {
    vi.useFakeTimers();
    answering(200, {});
    const { states, stop } = listening(new HttpClient(''));
    FakeSource.made[0]?.onerror?.();
    expect(states.at(-1)).toBe('lost');
    await vi.advanceTimersByTimeAsync(260);
    expect(FakeSource.made).toHaveLength(2);
    FakeSource.made[1]?.onerror?.();
    await vi.advanceTimersByTimeAsync(260);
    expect(FakeSource.made).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(260);
    expect(FakeSource.made).toHaveLength(3);
    FakeSource.made[2]?.say({ type: 'hello', version: '1' });
    expect(states.at(-1)).toBe('live');
    stop();
    expect(FakeSource.made[2]?.closed).toBe(true);
  });

  it('is given up when the token is refused', async () => {
    vi.useFakeTimers();
    answering(401, { error: { code: 'token', message: 'no', hint: '' } });
    const { states } = listening(new HttpClient(''));
    FakeSource.made[0]?.onerror?.();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states.at(-1)).toBe('refused');
    expect(FakeSource.made).toHaveLength(1);
  });
});

describe('the token', () => {
  it('is taken from the address, kept for the tab and out of sight', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const replaceState = vi.fn();
    const history = { state: null, replaceState };
    const first = { href: 'http://127.0.0.1:3002/?token=abc&x=1' };
    expect(takeToken(first, history, storage)).toBe('abc');
    expect(replaceState).toHaveBeenCalledWith(null, '', 'http://127.0.0.1:3002/?x=1');
    expect(takeToken({ href: 'http://127.0.0.1:3002/' }, history, storage)).toBe('abc');
  });
});
