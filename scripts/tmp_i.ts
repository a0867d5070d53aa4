import { loadImageNet } from '@pixelrnn/data';
import { createHash } from 'node:crypto';
const { env } = process;
for (const size of [32, 64] as const) for (let k=0;k<2;k++) {
console.time('load');
const s = await loadImageNet({ size, dataDir: '/work/shared/data', cacheDir: '/tmp/packed' });
console.timeEnd('load'); 
console.log(s.train.name,s.train.count,s.valid.count, s.train.checksums, (process.memoryUsage().rss/1e6)|0);
if (k===1) for (const d of [s.train,s.valid]) { const h=createHash('sha256'); for (const b of d.sequentialBatches(100)) h.update(b.intensities); console.log(h.digest('hex'));
 const it=d.batches({batchSize:16,seed:0}); it.next(); const t=performance.now(); for(let i=0;i<1000;i++) it.next(); console.log((performance.now()-t).toFixed(0),'us a batch of 16'); }
}
