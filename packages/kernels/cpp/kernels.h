// The fused kernels: plain C functions over float32 arrays in row-major NHWC order.
// One source serves TensorFlow custom ops (threads) and WebAssembly (one thread).
//
// No function allocates: callers ask for the workspace size first and pass that many bytes, aligned to 64.
// No function depends on the number of threads for its result: work is cut into pieces by shape alone, and partial sums
// are added in a fixed order. Arrays that a function writes must not overlap any other of its arrays unless said so.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Runs task(context, i) for i in 0 .. count - 1, in any order, on any threads,
// and returns when all are done. A null executor pointer, as in WebAssembly, runs everything on the calling thread.
typedef void (*pixelrnn_task)(void* context, int32_t index);
typedef void (*pixelrnn_parallel)(void* pool, int32_t count, pixelrnn_task task, void* context);

typedef struct {
    pixelrnn_parallel run;
    void* pool;
} pixelrnn_executor;

typedef struct {
    int32_t batch, height, width;  // of input and output alike
    int32_t cin, cout;
    int32_t kernel_height, kernel_width;  // centre at (kernel_height / 2, kernel_width / 2)
    int32_t tap_count;
    const int32_t* taps;  // tap_count pairs (row, column) in the kernel, each once, every position with a live weight
    int32_t input_relu, output_relu;
} pixelrnn_conv;

// y = act(conv(act(x), kernel * mask) + bias) + residual; bias [cout] and residual (shape of y) may be null.
// kernel and mask are [kernel_height, kernel_width, cin, cout]; the mask holds zeros and ones, null means all ones.
// output_relu excludes a residual. The residual may be y itself when tap_count * cin <= 256.
// Workspace: at most 5 * tap_count * cin * (cout + 64) + 4 * cout + 128 * tap_count + 4096 bytes, whatever the batch.
size_t pixelrnn_conv_forward_workspace(const pixelrnn_conv* conv);
void pixelrnn_conv_forward(const pixelrnn_conv* conv, const float* x, const float* kernel, const float* mask,
                           const float* bias, const float* residual, float* y, void* workspace,
                           const pixelrnn_executor* executor);

// Gradients for dy: dx [shape of x], dkernel [shape of kernel, zero under the mask], dbias [cout]; dx and dbias may
// be null. y is read only where output_relu is set. The residual's gradient is dy itself.
// Workspace: the forward's bound with cin and cout exchanged, and 4 * (tap_count * cin + 49) * max(3072, cout + 16)
// bytes for partial sums, whatever the batch.
size_t pixelrnn_conv_backward_workspace(const pixelrnn_conv* conv);
void pixelrnn_conv_backward(const pixelrnn_conv* conv, const float* x, const float* kernel, const float* mask,
                            const float* y, const float* dy, float* dx, float* dkernel, float* dbias, void* workspace,
                            const pixelrnn_executor* executor);

// A layer of Gated PixelCNN, two stacks of maps side by side:
//   [a, b] = vertical(v) + condition;                     next_v = tanh(a) sigmoid(b)
//   [c, d] = horizontal(h) + link([a, b]) + condition;    next_h = projection(tanh(c) sigmoid(d)) + h
// Each convolution has a bias. They are of one batch, height and width and have no ReLUs: vertical, link and horizontal have
// 2 p output channels, the input of link has as many; projection is 1 x 1, p -> p.
typedef struct {
    pixelrnn_conv vertical, link, horizontal, projection;
    int32_t residual;  // whether h, of p channels, is added
} pixelrnn_gated_layer;

// Kernels, masks and biases are lists of four, in the order of the struct; a mask may be null. The condition is the sum of
// `vector` [batch, 4 p] and `map` [batch, height, width, 4 p], of the vertical sums first; both may be null.
// Written for the backward pass: sums [batch, height, width, 2 p], which are [a, b], and halves, of that shape too,
// tanh(c) and sigmoid(d).
// Workspace: packed weights, and a strip of maps for each of min(batch, 16) images.
size_t pixelrnn_gated_layer_forward_workspace(const pixelrnn_gated_layer* layer);
void pixelrnn_gated_layer_forward(const pixelrnn_gated_layer* layer, const float* v, const float* h,
                                  const float* const* kernels, const float* const* masks, const float* const* biases,
                                  const float* vector, const float* map, float* next_v, float* next_h, float* sums,
                                  float* halves, void* workspace, const pixelrnn_executor* executor);
// Gradients, each in the shape of what it is the gradient of. dv, dh, dvector and dmap may be null.
// Workspace: besides packed weights, for each of min(batch, 16) images partial sums of the filters' gradients and the
// gradients of its sums.
size_t pixelrnn_gated_layer_backward_workspace(const pixelrnn_gated_layer* layer);
void pixelrnn_gated_layer_backward(const pixelrnn_gated_layer* layer, const float* v, const float* h,
                                   const float* const* kernels, const float* const* masks, const float* sums,
                                   const float* halves, const float* dnext_v, const float* dnext_h, float* dv,
                                   float* dh, float* const* dkernels, float* const* dbiases, float* dvector,
                                   float* dmap, void* workspace, const pixelrnn_executor* executor);

// Convolutions one after the other, each on what the one before gives, in one pass over the images: where a thread reads a
// map, it is still in the cache that it wrote it to. They are of one batch, height and width and without output_relu.
#define PIXELRNN_MOST_CONVOLUTIONS 512
typedef struct {
    int32_t count;  // 1 to PIXELRNN_MOST_CONVOLUTIONS
    const pixelrnn_conv* convs;
    // For each, which one's input is added to its output: itself or one before it, or -1 for none; no input is added twice.
    const int32_t* residuals;
} pixelrnn_conv_chain;

// The floats of the maps, the outputs of all convolutions but the last one, which the backward pass reads: one array, so
// that few large pieces of memory come and go. At least one.
size_t pixelrnn_conv_chain_maps(const pixelrnn_conv_chain* chain);

// Kernels, masks and biases are lists, one for each convolution; a mask may be null.
// Workspace: the sum of the convolutions'.
size_t pixelrnn_conv_chain_forward_workspace(const pixelrnn_conv_chain* chain);
void pixelrnn_conv_chain_forward(const pixelrnn_conv_chain* chain, const float* x, const float* const* kernels,
                                 const float* const* masks, const float* const* biases, float* maps, float* y,
                                 void* workspace, const pixelrnn_executor* executor);
// Gradients for dy: dx, and lists of dkernels and dbiases.
// Workspace: besides packed weights, for at most 16 groups of images partial sums of the filters' gradients and the
// gradients of an image's maps.
size_t pixelrnn_conv_chain_backward_workspace(const pixelrnn_conv_chain* chain);
void pixelrnn_conv_chain_backward(const pixelrnn_conv_chain* chain, const float* x, const float* const* kernels,
                                  const float* const* masks, const float* maps, const float* dy, float* dx,
                                  float* const* dkernels, float* const* dbiases, void* workspace,
                                  const pixelrnn_executor* executor);

// The recurrent layers. [o, f, i, g] = sums from the inputs + sums from the states before; with o, f, i through the
// logistic function and g through tanh, cell = f cell_before + i g and hidden = o tanh(cell). Every size is at least 1.
typedef struct {
    const float *input_kernel, *input_mask;  // the mask holds zeros and ones, null means all ones
    const float* bias;                       // null means zeros
    const float* state_kernel;
    const float *initial_hidden, *initial_cell;
    const float *up_kernel, *up_mask, *up_bias;  // of the up-projection if there is one; mask and bias may be null
} pixelrnn_lstm_parameters;

// What a backward pass writes, each in the shape of what it is the gradient of; x, biases and addition may be null.
typedef struct {
    float *x, *input_kernel, *bias, *state_kernel, *initial_hidden, *initial_cell, *up_kernel, *up_bias, *addition;
} pixelrnn_lstm_gradients;

// A 1 x 1 convolution of the hidden map.
typedef struct {
    int32_t channels;  // of the layer's output, or 0: the output is the hidden map
    int32_t residual;  // whether x, of as many channels, is added
} pixelrnn_up_projection;

typedef struct {
    int32_t batch, height, width, cin, hidden;
    int32_t kernel_width;  // of the input kernel, centre at kernel_width / 2
    int32_t tap_count;
    const int32_t* taps;  // as in pixelrnn_conv; all rows are 0
    int32_t state_width;  // odd
    pixelrnn_up_projection up;
} pixelrnn_row_lstm;

// Row LSTM, from the top row to the bottom row; a row's states before are those of the row above around its column,
// zeros outside the image, and the initial ones above the first row.
//   x [batch, height, width, cin], input_kernel and input_mask [1, kernel_width, cin, 4 hidden], bias [4 hidden],
//   state_kernel [state_width, hidden, 4 hidden], initial_hidden and initial_cell [hidden],
//   addition [batch, height, width, 4 hidden] to the sums, or null; up_kernel and up_mask [1, 1, hidden, up.channels],
//   up_bias [up.channels]; hidden [batch, height, width, hidden], y [batch, height, width, up.channels], or null without
//   an up-projection; dy is the gradient of y, or of hidden.
// gates [batch, height, width, 4 hidden] and hidden are written for the backward pass. Without an up-projection it reads no
// hidden map.
// Workspace: forward, the packed weights and a few rows for each of min(batch, 16) images, or a map of sums as large as the
// gates' where hidden does not fill whole vectors. Backward, for each of them its
// gates, three maps of its states and its sums of the parameters' gradients; only as many as there are threads are touched
// of all but the sums.
size_t pixelrnn_row_lstm_forward_workspace(const pixelrnn_row_lstm* lstm);
void pixelrnn_row_lstm_forward(const pixelrnn_row_lstm* lstm, const float* x,
                               const pixelrnn_lstm_parameters* parameters, const float* addition, float* gates,
                               float* hidden, float* y, void* workspace, const pixelrnn_executor* executor);
size_t pixelrnn_row_lstm_backward_workspace(const pixelrnn_row_lstm* lstm);
void pixelrnn_row_lstm_backward(const pixelrnn_row_lstm* lstm, const float* x,
                                const pixelrnn_lstm_parameters* parameters, const float* gates, const float* hidden,
                                const float* dy, const pixelrnn_lstm_gradients* gradients, void* workspace,
                                const pixelrnn_executor* executor);

typedef struct {
    int32_t batch, height, width, cin, hidden;
    pixelrnn_up_projection up;
} pixelrnn_diagonal_bilstm;

// Diagonal BiLSTM. To the right, the states before pixel (r, c) are those of (r, c - 1), the initial ones before the first
// column, and the hidden one of (r - 1, c), zeros above the first row; the cell state is that of (r, c - 1). To the left
// the same in the flipped image, whose map is flipped back, moved down by one row and added.
//   x [batch, height, width, cin], input_kernel and input_mask [1, 1, cin, 8 hidden], bias [8 hidden]: to the right, then
//   to the left; state_kernel [2 directions, 2 (row r, row r - 1), hidden, 4 hidden],
//   initial_hidden and initial_cell [2, hidden], addition [batch, height, width, 8 hidden] to the sums, or null.
// gates [batch, height, width, 8 hidden] and hidden are written for the backward pass; the gates of an image are in an order
// of their own. All else is as above.
size_t pixelrnn_diagonal_bilstm_forward_workspace(const pixelrnn_diagonal_bilstm* lstm);
void pixelrnn_diagonal_bilstm_forward(const pixelrnn_diagonal_bilstm* lstm, const float* x,
                                      const pixelrnn_lstm_parameters* parameters, const float* addition, float* gates,
                                      float* hidden, float* y, void* workspace, const pixelrnn_executor* executor);
size_t pixelrnn_diagonal_bilstm_backward_workspace(const pixelrnn_diagonal_bilstm* lstm);
void pixelrnn_diagonal_bilstm_backward(const pixelrnn_diagonal_bilstm* lstm, const float* x,
                                       const pixelrnn_lstm_parameters* parameters, const float* gates,
                                       const float* hidden, const float* dy, const pixelrnn_lstm_gradients* gradients,
                                       void* workspace, const pixelrnn_executor* executor);

// nats[b] = sum over the image's `per_image` labels of -log softmax(logits)[label];
// logits [batch, per_image, levels], normaliser [batch, per_image] = log-sum-exp, kept for the backward pass.
// Returns -1, or the flat position of the first label outside 0 .. levels - 1 (nothing else is then defined).
ptrdiff_t pixelrnn_softmax_cross_entropy_forward(int32_t batch, int32_t per_image, int32_t levels, const float* logits,
                                                 const int32_t* labels, float* nats, float* normaliser,
                                                 const pixelrnn_executor* executor);
// dlogits = (softmax(logits) - onehot(label)) * dnats[b]
void pixelrnn_softmax_cross_entropy_backward(int32_t batch, int32_t per_image, int32_t levels, const float* logits,
                                             const int32_t* labels, const float* normaliser, const float* dnats,
                                             float* dlogits, const pixelrnn_executor* executor);

// The same for a Bernoulli with p(1) = sigmoid(logit), labels 0 or 1.
ptrdiff_t pixelrnn_bernoulli_cross_entropy_forward(int32_t batch, int32_t per_image, const float* logits,
                                                   const int32_t* labels, float* nats,
                                                   const pixelrnn_executor* executor);
void pixelrnn_bernoulli_cross_entropy_backward(int32_t batch, int32_t per_image, const float* logits,
                                               const int32_t* labels, const float* dnats, float* dlogits,
                                               const pixelrnn_executor* executor);

// Torch7's RMSProp: square = decay * square + (1 - decay) * g^2; p -= rate * g / (sqrt(square) + epsilon).
// In and out may be the same array.
void pixelrnn_rmsprop(size_t count, float rate, float decay, float epsilon, const float* gradient,
                      const float* parameter, const float* square, float* new_parameter, float* new_square);

// Adam with bias correction: step counts from 1; p -= rate * m_hat / (sqrt(v_hat) + epsilon).
void pixelrnn_adam(size_t count, float rate, float beta1, float beta2, float epsilon, int32_t step,
                   const float* gradient, const float* parameter, const float* mean, const float* square,
                   float* new_parameter, float* new_mean, float* new_square);

#ifdef __cplusplus
}
#endif
