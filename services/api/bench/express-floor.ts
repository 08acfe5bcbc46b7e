/** The floor that the intake is measured against: a bare Express that reads a JSON body and answers 202. */
import express from 'express';

const app = express();
app.disable('x-powered-by');
app.set('etag', false);
app.use(express.json());
app.post('/api/v2/calls', (_, res) => {
  res.status(202).json({ success: true, status: 'pending' });
});
app.listen(Number(process.env.PORT), '127.0.0.1');
