import * as tf from '@tensorflow/tfjs';

/**
 * Runs `compute` in the scope around the innermost `tf.tidy`, which then neither owns nor disposes its tensors.
 *
 * TensorFlow.js calls the gradient of each input in a tidy of its own, and only for inputs that need one. An operation
 * that computes several gradients at once, on the first such call, keeps the others for the later calls this way.
 */
export function outsideInnermostTidy<T>(compute: () => T): T {
  const { state } = tf.engine();
  const inner = state.scopeStack.pop();
  state.activeScope = state.scopeStack[state.scopeStack.length - 1] as typeof state.activeScope;
  try {
    return compute();
  } finally {
    if (inner) {
      state.scopeStack.push(inner);
      state.activeScope = inner;
    }
  }
}
