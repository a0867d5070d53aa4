// quietly(f): calls f while what native code writes to stderr is dropped. libtensorflow prints remarks on the
// processor while the dynamic linker starts it, before it reads any setting that could keep it from doing so.
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

namespace {

napi_value Quietly(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value callback;
  napi_value global;
  napi_value result = nullptr;
  if (napi_get_cb_info(env, info, &count, &callback, nullptr, nullptr) != napi_ok || count < 1 ||
      napi_get_global(env, &global) != napi_ok) {
    napi_throw_type_error(env, nullptr, "quietly expects a function");
    return nullptr;
  }
  const int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const bool hushed = saved >= 0 && nowhere >= 0 && dup2(nowhere, STDERR_FILENO) >= 0;
  // An exception of the callback stays pending and reaches the caller.
  napi_call_function(env, global, callback, 0, nullptr, &result);
  if (hushed) dup2(saved, STDERR_FILENO);
  if (nowhere >= 0) close(nowhere);
  if (saved >= 0) close(saved);
  return result;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value quietly;
  if (napi_create_function(env, "quietly", NAPI_AUTO_LENGTH, Quietly, nullptr, &quietly) == napi_ok) {
    napi_set_named_property(env, exports, "quietly", quietly);
  }
  return exports;
}
