import express from 'express';
import { NoteStore } from './store.js';

const port = Number(process.env.PORT || 3000);
const store = new NoteStore(process.env.DATA_DIR || './data');

const app = express();
app.disable('x-powered-by');
app.use(express.json({ limit: '64kb' }));

function readNote(req, res) {
  const { title, body = '' } = req.body ?? {};
  if (typeof title !== 'string' || !title.trim() || typeof body !== 'string') {
    res.status(400).json({ error: 'Send a JSON object like {"title": "Milk", "body": "2 litres"}.' });
    return undefined;
  }
  return { title: title.trim(), body };
}

function notFound(res) {
  res.status(404).json({ error: 'Not found.' });
}

app.get('/', (req, res) => {
  res.json({ service: 'notes-api', endpoints: ['/health', '/notes', '/notes/:id'] });
});

app.get('/health', (req, res) => {
  res.json({ status: 'ok' });
});

app.get('/notes', async (req, res) => {
  res.json({ notes: await store.list() });
});

app.post('/notes', async (req, res) => {
  const fields = readNote(req, res);
  if (!fields) return;
  const note = await store.create(fields);
  res.status(201).location(`/notes/${note.id}`).json(note);
});

app.get('/notes/:id', async (req, res) => {
  const note = await store.get(req.params.id);
  if (!note) return notFound(res);
  res.json(note);
});

app.put('/notes/:id', async (req, res) => {
  const fields = readNote(req, res);
  if (!fields) return;
  const note = await store.update(req.params.id, fields);
  if (!note) return notFound(res);
  res.json(note);
});

app.delete('/notes/:id', async (req, res) => {
  if (!(await store.delete(req.params.id))) return notFound(res);
  res.status(204).end();
});

app.use((req, res) => notFound(res));

// Four parameters make this Express's error handler.
app.use((error, req, res, next) => {
  if (res.headersSent) return next(error);
  if (error.expose) {
    return res.status(error.status).json({ error: error.message });
  }
  console.error(error);
  res.status(500).json({ error: 'Something went wrong.' });
});

const server = app.listen(port, '0.0.0.0', (error) => {
  if (error) {
    console.error(`Cannot listen on port ${port}: ${error.message}`);
    process.exit(1);
  }
  console.log(`Listening on port ${port}`);
});

let stopping = false;
function stop(signal) {
  if (stopping) return;
  stopping = true;
  console.log(`${signal}: finishing open requests`);
  server.close(async () => {
    await store.idle();
    console.log('Stopped');
    process.exit(0);
  });
  setTimeout(() => {
    console.error('Requests still open after 8 seconds, giving up on them');
    process.exit(1);
  }, 8000).unref();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
