/** Hands the store to the components. */
import { getContext, setContext } from 'svelte';
import type { Store } from './store.svelte';

const CONTEXT = Symbol('store');

export function provideStore(store: Store): void {
  setContext(CONTEXT, store);
}

export function useStore(): Store {
  return getContext<Store>(CONTEXT);
}
