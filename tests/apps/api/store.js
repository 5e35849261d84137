import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';

/**
 * Notes in one JSON file. Changes are made one after the other, and each one
 * replaces the file as a whole, so a crash never leaves half a file behind.
 */
export class NoteStore {
  #file;
  #notes; // Map of id to note, once loaded
  #queue = Promise.resolve();

  constructor(directory) {
    this.#file = path.join(directory, 'notes.json');
  }

  list() {
    return this.#enqueue((notes) => [...notes.values()]);
  }

  get(id) {
    return this.#enqueue((notes) => notes.get(id));
  }

  create({ title, body }) {
    return this.#enqueue(async (notes) => {
      const now = new Date().toISOString();
      const note = { id: randomUUID(), title, body, createdAt: now, updatedAt: now };
      await this.#replace(new Map(notes).set(note.id, note));
      return note;
    });
  }

  update(id, { title, body }) {
    return this.#enqueue(async (notes) => {
      const old = notes.get(id);
      if (!old) return undefined;
      const note = { ...old, title, body, updatedAt: new Date().toISOString() };
      await this.#replace(new Map(notes).set(id, note));
      return note;
    });
  }

  delete(id) {
    return this.#enqueue(async (notes) => {
      const rest = new Map(notes);
      if (!rest.delete(id)) return false;
      await this.#replace(rest);
      return true;
    });
  }

  /** Resolves when all changes asked for so far are on disk. */
  async idle() {
    await this.#queue;
  }

  #enqueue(action) {
    const result = this.#queue.then(async () => action(await this.#load()));
    this.#queue = result.catch(() => {});
    return result;
  }

  async #load() {
    if (!this.#notes) {
      try {
        const notes = JSON.parse(await readFile(this.#file, 'utf8'));
        this.#notes = new Map(notes.map((note) => [note.id, note]));
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
        this.#notes = new Map();
      }
    }
    return this.#notes;
  }

  async #replace(notes) {
    await mkdir(path.dirname(this.#file), { recursive: true });
    const temporary = `${this.#file}.${process.pid}.tmp`;
    try {
      const handle = await open(temporary, 'w', 0o640);
      try {
        await handle.writeFile(`${JSON.stringify([...notes.values()], null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#file);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    this.#notes = notes;
  }
}
