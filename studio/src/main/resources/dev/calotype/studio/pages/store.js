// What is too large for localStorage: the picture on the easel and its mask, in this browser alone.

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open("calotype", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("kept");
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const within = async (mode, work) => {
  const store = (await opened).transaction("kept", mode).objectStore("kept");
  return new Promise((resolve, reject) => {
    const request = work(store);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
};

export const keep = (key, value) => within("readwrite", (store) => store.put(value, key));
export const found = (key) => within("readonly", (store) => store.get(key)).catch(() => undefined);
export const drop = (key) => within("readwrite", (store) => store.delete(key));
