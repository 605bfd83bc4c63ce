// What is too large for localStorage: the picture on the easel and its mask, in this browser alone.
import { kept } from "./api.js";

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open("calotype", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("kept");
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const within = async (mode, work) => {
  const transaction = (await opened).transaction("kept", mode);
  return new Promise((resolve, reject) => {
    const request = work(transaction.objectStore("kept"));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(request.error || transaction.error);
  });
};

export const keep = (key, value) => within("readwrite", (store) => store.put(value, key));
export const found = async (key) => kept.read(key, null) ?? within("readonly", (store) => store.get(key)).catch(() => undefined);
export const drop = (key) => (kept.drop(key), within("readwrite", (store) => store.delete(key)));

let last = 0;

/** Keeps what JSON can hold, also where the page is left at once: a browser gives up the transactions of such a page. */
export async function keepAtOnce(key, value) {
  const own = ++last;
  try {
    kept.write(key, value);
  } catch {
    kept.drop(key); // too large: the transaction alone
  }
  await keep(key, value);
  if (own === last) kept.drop(key);
}
